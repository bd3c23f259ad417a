package dev.sexton.internal.sweep;

/// What a round of a sweep looks at. It depends only on facts about the sweep and on what the last
/// round did. Immutable.
///
/// @param facts the facts about the sweep
/// @param round how many rounds came before
/// @param quiet how many rounds in a row stopped no process
/// @param scope what this round looks at
/// @param isLate whether this round first waits for containers that may appear late
record RoundSchedule(Facts facts, int round, int quiet, Scope scope, boolean isLate) {
  /// The maximum number of rounds. If processes still appear after that, they are reported and left
  /// to the next sweep.
  static final int ROUNDS = 20;

  /// How many rounds in a row must find no process of an instance that has ended very recently. A
  /// process may start after the listing of the processes, and its parent may end before it is
  /// checked. Such a process is found only in the next round. Double forks have two such moments.
  static final int QUIET_ROUNDS = 3;

  /// The facts about a sweep that are the same in all its rounds.
  ///
  /// @param dryRun whether nothing is stopped
  /// @param mayStillFork whether an instance may have ended so recently that its processes fork
  /// @param mayComeLate whether containers may appear after the process that requested them has
  ///   ended
  /// @param mayHaveJustDied whether such a process may have ended before the sweep began
  record Facts(
      boolean dryRun, boolean mayStillFork, boolean mayComeLate, boolean mayHaveJustDied) {}

  /// What a round looks at.
  record Scope(boolean processes, boolean engines) {
    boolean isEmpty() {
      return !processes && !engines;
    }
  }

  /// Returns the first round.
  static RoundSchedule first(Facts facts, Scope scope) {
    return new RoundSchedule(facts, 0, 0, scope, false);
  }

  boolean isFirst() {
    return round == 0;
  }

  boolean isLast() {
    return round == ROUNDS - 1;
  }

  /// Returns whether there is nothing more to look at.
  boolean isOver() {
    return round == ROUNDS || scope.isEmpty();
  }

  /// Returns the round after this one.
  ///
  /// @param stopsProcesses whether this round found processes to stop
  /// @param stoppedContainers whether this round found containers, networks or volumes to stop
  RoundSchedule next(boolean stopsProcesses, boolean stoppedContainers) {
    int quietNow = stopsProcesses ? 0 : quiet + 1;
    boolean bornMeanwhile = facts.mayStillFork() && quietNow < QUIET_ROUNDS;
    boolean late =
        (stopsProcesses && facts.mayComeLate()) || (isFirst() && facts.mayHaveJustDied());
    Scope after =
        facts.dryRun()
            ? new Scope(false, false)
            : new Scope(
                scope.processes() && (stopsProcesses || bornMeanwhile), stoppedContainers || late);
    return new RoundSchedule(facts, round + 1, quietNow, after, after.engines() && late);
  }
}
