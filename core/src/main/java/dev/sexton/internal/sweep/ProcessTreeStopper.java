package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.Signal;
import dev.sexton.internal.process.SignalResult;
import dev.sexton.internal.sweep.SweepRequest.Progress;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Stops process trees: asks all of them, waits for all at once, forces those that are left, and
/// reports the outcome of each. Processes that a tree forks meanwhile are stopped with it.
final class ProcessTreeStopper {
  /// How long a process may take to disappear after SIGKILL before it counts as stuck.
  private static final Duration STUCK = Duration.ofSeconds(5);

  /// The first and the longest pause between two scans of the process table.
  private static final long FIRST_PAUSE_NANOS = 1_000_000;

  private static final long LONGEST_PAUSE_NANOS = 100_000_000;

  /// The maximum number of holds. A tree that still forks after that is forced as it is.
  private static final int HOLDS = 10;

  private final Ports ports;
  private final ProcessTable table;
  private final Progress progress;
  private final SparingContext context;
  private final TreesBeingStopped trees;
  private final ControlGroupKiller groups;

  ProcessTreeStopper(Ports ports, SparingContext context, Progress progress) {
    this.ports = ports;
    this.table = ports.processes();
    this.context = context;
    this.progress = progress;
    this.trees = new TreesBeingStopped(ports);
    this.groups = new ControlGroupKiller(table, context, trees);
  }

  /// Asks these trees to stop. They were seen a moment ago. Each process is checked once more.
  void ask(Collection<ProcessTree> toStop) {
    for (TreeBeingStopped stopping : trees.add(toStop)) {
      stopping.tree().members().forEach(member -> ask(stopping, member));
    }
  }

  /// Stops processes in an instance's control group that hand over to a child before they can be
  /// asked.
  void catchRunaways(ObservedInstance instance) {
    groups.catchRunaways(instance);
  }

  /// Returns whether there is anything to wait for.
  boolean hasAsked() {
    return !trees.isEmpty();
  }

  /// Waits until the processes that were asked have ended, forces the others, and returns the
  /// outcome of each tree.
  ///
  /// @param deadline when they are forced, in nanoseconds of the sweep's clock
  /// @param isRunningAway whether they were asked often, and had forked new processes each time
  List<ResourceResult> finish(long deadline, boolean isRunningAway) {
    ProcessSnapshot asked = await(deadline, true);
    ProcessSnapshot last = trees.isAnyAlive(asked) || isRunningAway ? force() : asked;
    return trees.all().stream()
        .map(stopping -> stopping.result(last, millisSince(stopping.begunNanos())))
        .toList();
  }

  private void ask(TreeBeingStopped stopping, ProcessInfo member) {
    if (signal(stopping, member, Signal.TERM) && member.state() == ProcessInfo.State.STOPPED) {
      signal(stopping, member, Signal.CONT); // A stopped process does nothing until it continues.
    }
  }

  private boolean signal(TreeBeingStopped stopping, ProcessInfo member, Signal signal) {
    SignalResult result = table.signal(member, signal);
    if (result == SignalResult.DENIED) {
      stopping.spare(member, "not permitted to signal it");
    } else if (result == SignalResult.SENT) {
      NamedProcess named = stopping.named(member);
      stopping.signalled(named != null ? named : NamedProcess.of(table, member));
    }
    return result == SignalResult.SENT;
  }

  /// Waits until all trees have ended or the deadline has passed, and returns the last snapshot. A
  /// process needs a moment after it was asked, and most need no more. So the first check follows
  /// the first pause.
  private ProcessSnapshot await(long deadline, boolean asking) {
    long pause = FIRST_PAUSE_NANOS;
    sleep(pause, deadline);
    while (true) {
      long before = ports.clock().nanoTime();
      ProcessView view = new ProcessView(table, context);
      int left = 0;
      for (TreeBeingStopped stopping : trees.all()) {
        left += follow(stopping, view, asking ? Signal.TERM : Signal.KILL);
      }
      long now = ports.clock().nanoTime();
      if (left == 0 || now >= deadline) {
        return view.snapshot();
      }
      progress.waiting(left, Duration.ofNanos(asking ? deadline - now : 0));
      // Scanning the table must stay cheap compared with waiting for it.
      sleep(Math.max(pause, 4 * (now - before)), deadline);
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
  }

  /// Signals the processes that a tree has forked since, and returns how many of it are left.
  private int follow(TreeBeingStopped stopping, ProcessView view, Signal signal) {
    for (ProcessInfo grown : trees.grow(stopping, view)) {
      if (signal == Signal.TERM) {
        ask(stopping, grown);
      } else {
        signal(stopping, grown, signal);
      }
    }
    int alive = stopping.alive(view.snapshot()).size();
    if (alive == 0) {
      stopping.ended(millisSince(stopping.begunNanos()));
    }
    return alive;
  }

  private void sleep(long nanos, long deadline) {
    long left = Math.max(1, deadline - ports.clock().nanoTime());
    ports.clock().sleep(Duration.ofNanos(Math.min(nanos, left)));
  }

  /// Suspends the remaining processes, so that they can no longer fork, kills all of them at once,
  /// and waits. Returns the last snapshot.
  private ProcessSnapshot force() {
    suspend();
    groups.killGroups();
    ProcessSnapshot left = table.snapshot();
    for (TreeBeingStopped stopping : trees.all()) { // Includes any that joined during group checks.
      stopping.alive(left).forEach(member -> signal(stopping, member, Signal.KILL));
    }
    return await(ports.clock().nanoTime() + STUCK.toNanos(), false);
  }

  private void suspend() {
    ProcessView view = new ProcessView(table, context);
    Map<TreeBeingStopped, List<ProcessInfo>> remaining = new LinkedHashMap<>();
    for (TreeBeingStopped stopping : trees.all()) {
      List<ProcessInfo> alive = stopping.alive(view.snapshot());
      if (!alive.isEmpty()) {
        stopping.force();
        remaining.put(stopping, alive);
      }
    }
    remaining.forEach(
        (stopping, alive) -> alive.forEach(member -> table.signal(member, Signal.STOP)));
    for (int hold = 0; hold < HOLDS && !remaining.isEmpty(); hold++) {
      ProcessView held = new ProcessView(table, context);
      boolean grew = false;
      for (TreeBeingStopped stopping : remaining.keySet()) {
        for (ProcessInfo grown : trees.grow(stopping, held)) {
          table.signal(grown, Signal.STOP);
          grew = true;
        }
      }
      if (!grew) {
        break;
      }
    }
  }

  private long millisSince(long nanos) {
    return Duration.ofNanos(ports.clock().nanoTime() - nanos).toMillis();
  }
}
