package dev.sexton;

import java.nio.file.Path;
import java.util.List;

/// The result of one sweep. Immutable.
///
/// @param dryRun whether the sweep changed nothing
/// @param instances all instances that were examined
/// @param unclaimed resources whose owner cannot be determined and that were left alone
/// @param problems files that could not be read or trusted, and were left alone or set aside
/// @param millis the duration of the sweep, in milliseconds
public record SweepReport(
    boolean dryRun,
    List<InstanceReport> instances,
    List<Unclaimed> unclaimed,
    List<Problem> problems,
    long millis) {
  /// A resource whose owner cannot be determined: a labelled resource whose instance has no record,
  /// or a process that may belong to a dead instance.
  public sealed interface Unclaimed {
    /// {@return the kind of the resource}
    ResourceKind kind();

    /// {@return the engine's name; for a process, its command line}
    String name();

    /// {@return why the resource was left alone}
    String reason();
  }

  /// A process that may belong to a dead instance.
  ///
  /// @param pid its PID
  /// @param name its command line
  /// @param reason why it was left alone
  public record UnclaimedProcess(long pid, String name, String reason) implements Unclaimed {
    @Override
    public ResourceKind kind() {
      return ResourceKind.PROCESS;
    }
  }

  /// A labelled resource whose instance has no record.
  ///
  /// @param kind the kind of the resource
  /// @param id the engine's ID
  /// @param name the engine's name
  /// @param reason why it was left alone
  public record UnclaimedLabelled(ResourceKind kind, String id, String name, String reason)
      implements Unclaimed {}

  /// A problem with one path.
  ///
  /// @param path the path
  /// @param problem what is wrong, and what to do
  public record Problem(Path path, String problem) {
    /// {@return the path and the problem as one string} Some problems begin with their path
    /// already.
    public String text() {
      String name = path.toString();
      return problem.startsWith(name) ? problem : name + ": " + problem;
    }
  }

  /// Copies the lists.
  public SweepReport {
    instances = List.copyOf(instances);
    unclaimed = List.copyOf(unclaimed);
    problems = List.copyOf(problems);
  }

  /// {@return how many instances have this liveness}
  ///
  /// @param liveness the verdict to count
  public int count(Liveness liveness) {
    return (int) instances.stream().filter(instance -> instance.liveness() == liveness).count();
  }

  /// {@return how many resources the sweep stopped}
  public int stopped() {
    return (int)
        instances.stream()
            .flatMap(instance -> instance.resources().stream())
            .filter(resource -> resource.outcome().isStopped())
            .count();
  }

  /// {@return whether nothing is left of any dead instance, as far as this sweep could determine}
  /// An instance that another sweeper is cleaning up counts as left, because that sweeper may have
  /// been stopped.
  public boolean isClean() {
    return instances.stream().noneMatch(instance -> instance.isLeft() || instance.isBusy());
  }

  /// {@return how many resources could not be stopped, or in a dry run could not have been stopped}
  public int failed() {
    return (int)
        instances.stream()
            .flatMap(instance -> instance.resources().stream())
            .map(ResourceReport::outcome)
            .filter(outcome -> outcome == Outcome.DENIED || outcome == Outcome.FAILED)
            .count();
  }

  /// {@return whether everything is done that this sweep had to do} A dry run stops nothing, but
  /// what it could not have stopped counts.
  public boolean isDone() {
    return dryRun ? failed() == 0 : isClean();
  }

  /// {@return how many resources of dead instances may still exist}
  public int left() {
    return instances.stream().mapToInt(InstanceReport::left).sum();
  }
}
