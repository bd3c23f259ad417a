package dev.sexton;

import java.nio.file.Path;
import java.util.List;

/// The result of a sweep for one instance. Immutable.
///
/// @param instanceId the UUID of the instance
/// @param application the application of the instance
/// @param stateDirectory the directory that contains `instances/`
/// @param pid the owner's PID according to the record; 0 if the record is lost
/// @param startedAt the start time according to the record; empty if the record is lost
/// @param liveness the verdict
/// @param reason a human-readable reason for the verdict
/// @param record what happened to the record
/// @param resources the leftovers with their outcomes; empty unless the instance is [Liveness#DEAD]
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
  /// What happened to a record.
  public enum RecordFate {
    /// The record was removed: nothing is left of the instance.
    REMOVED,
    /// The record still exists. The instance is not dead, something of it is left, or nothing was
    /// tried.
    KEPT,
    /// Another sweeper is cleaning up the instance.
    BUSY
  }

  /// Copies the list.
  public InstanceReport {
    resources = List.copyOf(resources);
  }

  /// Returns whether the instance is dead and leftovers may still exist after this sweep.
  public boolean isLeft() {
    return liveness == Liveness.DEAD && record == RecordFate.KEPT;
  }

  /// Returns whether the instance is dead and another sweeper is cleaning it up.
  public boolean isBusy() {
    return liveness == Liveness.DEAD && record == RecordFate.BUSY;
  }

  /// Returns how many of the resources may still exist.
  public int left() {
    return (int) resources.stream().filter(resource -> resource.outcome().isLeft()).count();
  }
}
