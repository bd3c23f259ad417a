package dev.sexton;

import java.nio.file.Path;
import java.util.List;

/**
 * One instance that a sweep looked at.
 *
 * @param instanceId its UUID
 * @param application its application
 * @param stateDirectory the directory that holds its {@code instances/}
 * @param pid the owner's process ID as the record gives it; 0 if the record is lost
 * @param startedAt when it started, as the record gives it; empty if the record is lost
 * @param liveness the verdict
 * @param reason why, in words for a person
 * @param recordRemoved whether its record is gone now; otherwise it was kept
 * @param resources what it left, with the outcomes; empty unless {@link Liveness#DEAD}
 */
public record InstanceReport(
    String instanceId,
    String application,
    Path stateDirectory,
    long pid,
    String startedAt,
    Liveness liveness,
    String reason,
    boolean recordRemoved,
    List<ResourceReport> resources) {
  /** Copies the list. */
  public InstanceReport {
    resources = List.copyOf(resources);
  }

  /** How many of the resources may still exist. */
  public int left() {
    return (int) resources.stream().filter(resource -> resource.outcome().isLeft()).count();
  }
}
