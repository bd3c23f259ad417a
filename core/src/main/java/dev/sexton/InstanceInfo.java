package dev.sexton;

import dev.sexton.internal.record.Timestamps;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known about one instance, and what it holds. Immutable.
///
/// @param identity which instance it is
/// @param owner the server that registered it, according to its record
/// @param state whether the owner process is alive
/// @param failedSweeps the earlier sweeps that could not clean up after it; null if there were none
/// @param resources the resources of the instance
public record InstanceInfo(
    Identity identity,
    Owner owner,
    State state,
    @Nullable FailedSweeps failedSweeps,
    List<HeldResource> resources) {

  /// The identity of an instance.
  ///
  /// @param instanceId the UUID of the instance
  /// @param application the application of the instance
  /// @param stateDirectory the directory that contains `instances/`
  public record Identity(String instanceId, String application, Path stateDirectory) {}

  /// The server that registered an instance, according to the record.
  ///
  /// @param pid the PID of the owner process; 0 if the record is lost
  /// @param startedAt the start time as the record has it; empty if the record is lost
  /// @param name the human-readable name of the server; empty if it has none
  /// @param command the owner's command line; empty if it is not recorded
  /// @param isRun whether `sexton run` started the server, so that a watcher takes care of it
  public record Owner(long pid, String startedAt, String name, String command, boolean isRun) {
    /// {@return the start time; null if it cannot be determined}
    public @Nullable Instant started() {
      return Timestamps.parse(startedAt, ZoneId.systemDefault());
    }
  }

  /// The verdict about an owner process.
  ///
  /// @param liveness the verdict
  /// @param reason a human-readable reason for the verdict
  public record State(Liveness liveness, String reason) {}

  /// The result of earlier sweeps that could not finish.
  ///
  /// @param attempts the number of sweeps
  /// @param lastError why the last one did not finish
  public record FailedSweeps(int attempts, String lastError) {}

  /// Copies the list.
  public InstanceInfo {
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

  /// {@return whether the owner process is alive}
  public Liveness liveness() {
    return state.liveness();
  }

  /// {@return a human-readable reason for the liveness}
  public String reason() {
    return state.reason();
  }

  /// {@return the human-readable name of the server; empty if it has none}
  public String name() {
    return owner.name();
  }

  /// {@return the memory of the existing processes, in bytes}
  public long residentBytes() {
    long bytes = 0;
    for (HeldResource resource : resources) {
      bytes += resource instanceof HeldResource.HeldProcess process ? process.residentBytes() : 0;
    }
    return bytes;
  }
}
