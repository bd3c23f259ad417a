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
 * @param record what became of its record
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
    RecordFate record,
    List<ResourceReport> resources) {
  /** What became of a record. */
  public enum RecordFate {
    /** It is gone: nothing is left of the instance. */
    REMOVED,
    /**
     * It is still there: the instance is not dead, something of it is left, or nothing was tried.
     */
    KEPT,
    /** It is in the hands of another sweeper. */
    BUSY
  }

  /** Copies the list. */
  public InstanceReport {
    resources = List.copyOf(resources);
  }

  /** Whether the instance is dead and something of it may still be there after this sweep. */
  public boolean isLeft() {
    return liveness == Liveness.DEAD && record == RecordFate.KEPT;
  }

  /** Whether the instance is dead and in the hands of another sweeper. */
  public boolean isBusy() {
    return liveness == Liveness.DEAD && record == RecordFate.BUSY;
  }

  /** How many of the resources may still exist. */
  public int left() {
    return (int) resources.stream().filter(resource -> resource.outcome().isLeft()).count();
  }
}
