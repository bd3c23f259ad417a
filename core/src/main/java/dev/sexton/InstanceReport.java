package dev.sexton;

import java.nio.file.Path;
import java.util.List;

/// The result of a sweep for one instance. Immutable.
///
/// @param identity which instance it is
/// @param owner the process that registered it, according to its record
/// @param state the verdict about the owner process
/// @param record what happened to the record
/// @param resources the leftovers with their outcomes; empty unless the instance is [Liveness#DEAD]
public record InstanceReport(
    InstanceInfo.Identity identity,
    Owner owner,
    InstanceInfo.State state,
    RecordFate record,
    List<ResourceReport> resources) {
  /// The process that registered an instance, according to its record.
  ///
  /// @param pid its PID; 0 if the record is lost
  /// @param startedAt the start time of the instance; empty if the record is lost
  public record Owner(long pid, String startedAt) {}

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

  /// {@return the UUID of the instance}
  public String instanceId() {
    return identity.instanceId();
  }

  /// {@return the application of the instance}
  public String application() {
    return identity.application();
  }

  /// {@return the directory that contains `instances/`}
  public Path stateDirectory() {
    return identity.stateDirectory();
  }

  /// {@return the verdict}
  public Liveness liveness() {
    return state.liveness();
  }

  /// {@return a human-readable reason for the verdict}
  public String reason() {
    return state.reason();
  }

  /// {@return whether the instance is dead and leftovers may still exist after this sweep}
  public boolean isLeft() {
    return liveness() == Liveness.DEAD && record == RecordFate.KEPT;
  }

  /// {@return whether the instance is dead and another sweeper is cleaning it up}
  public boolean isBusy() {
    return liveness() == Liveness.DEAD && record == RecordFate.BUSY;
  }

  /// {@return how many of the resources may still exist}
  public int left() {
    return (int) resources.stream().filter(resource -> resource.outcome().isLeft()).count();
  }
}
