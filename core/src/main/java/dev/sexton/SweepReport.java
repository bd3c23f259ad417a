package dev.sexton;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one sweep saw and did. Immutable.
 *
 * @param dryRun whether nothing was touched
 * @param instances every instance looked at
 * @param unclaimed resources that cannot be judged, and were left alone
 * @param problems files that could not be read or obeyed, and were left alone or set aside
 * @param millis how long the sweep took, in milliseconds
 */
public record SweepReport(
    boolean dryRun,
    List<InstanceReport> instances,
    List<Unclaimed> unclaimed,
    List<Problem> problems,
    long millis) {
  /**
   * A resource of which it cannot be judged whose it is: a labelled one whose instance has no
   * record, or a process that may be a dead instance's.
   *
   * @param kind what it is
   * @param pid the process ID of a process; 0 for anything else
   * @param id the engine's id; null for a process
   * @param name the engine's name; the command line of a process
   * @param reason why it was left alone
   */
  public record Unclaimed(
      ResourceKind kind, long pid, @Nullable String id, String name, String reason) {
    /** A resource of an engine. */
    public Unclaimed(ResourceKind kind, String id, String name, String reason) {
      this(kind, 0, id, name, reason);
    }

    /** A process. */
    public static Unclaimed process(long pid, String command, String reason) {
      return new Unclaimed(ResourceKind.PROCESS, pid, null, command, reason);
    }
  }

  /**
   * A path that is not as it should be.
   *
   * @param path where
   * @param problem what is wrong, and what to do
   */
  public record Problem(Path path, String problem) {}

  /** Copies the lists. */
  public SweepReport {
    instances = List.copyOf(instances);
    unclaimed = List.copyOf(unclaimed);
    problems = List.copyOf(problems);
  }

  /** How many instances have this liveness. */
  public int count(Liveness liveness) {
    return (int) instances.stream().filter(instance -> instance.liveness() == liveness).count();
  }

  /** How many resources the sweep ended. */
  public int stopped() {
    return (int)
        instances.stream()
            .flatMap(instance -> instance.resources().stream())
            .filter(resource -> resource.outcome().isStopped())
            .count();
  }

  /**
   * Whether nothing of any dead instance is left, as far as this sweep could find out. One that is
   * in the hands of another sweeper counts as left: that sweeper may have been stopped.
   */
  public boolean isClean() {
    return instances.stream().noneMatch(instance -> instance.isLeft() || instance.isBusy());
  }

  /** How many resources of dead instances may still exist. */
  public int left() {
    return instances.stream().mapToInt(InstanceReport::left).sum();
  }
}
