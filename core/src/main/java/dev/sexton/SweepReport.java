package dev.sexton;

import java.nio.file.Path;
import java.util.List;

/**
 * What one sweep saw and did. Immutable.
 *
 * @param dryRun whether nothing was touched
 * @param instances every instance looked at
 * @param unclaimed labelled resources that cannot be judged, and were left alone
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
   * A labelled resource whose instance has no record and cannot be judged.
   *
   * @param kind what it is
   * @param id the engine's id
   * @param name the engine's name
   * @param reason why it was left alone
   */
  public record Unclaimed(ResourceKind kind, String id, String name, String reason) {}

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

  /** Whether nothing of any dead instance is left, as far as this sweep could find out. */
  public boolean isClean() {
    return instances.stream().noneMatch(InstanceReport::isLeft);
  }

  /** How many resources of dead instances may still exist. */
  public int left() {
    return instances.stream().mapToInt(InstanceReport::left).sum();
  }
}
