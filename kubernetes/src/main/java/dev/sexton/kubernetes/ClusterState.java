package dev.sexton.kubernetes;

/// The state of a pod or a job. Immutable.
///
/// @param phase how far it has come
/// @param exitCode the exit code of the first container once it has ended: 128 + n if signal n
///   killed it; [#UNKNOWN_EXIT_CODE] before, and if the cluster does not know it. A job that
///   completed has 0. A pod or job that failed never has 0
/// @param reason one word of the cluster's, such as `ImagePullBackOff`, `OOMKilled`, `Evicted` or
///   `BackoffLimitExceeded`; [#DELETED] if it no longer exists; empty if there is none
/// @param message a sentence of the cluster's; empty if there is none
public record ClusterState(Phase phase, int exitCode, String reason, String message) {
  /// The exit code of what has not ended, and of what ended without one, as a pod that was evicted.
  /// No container has this exit code: theirs are 0 to 255.
  public static final int UNKNOWN_EXIT_CODE = -1;

  /// The reason of what no longer exists.
  public static final String DELETED = "Deleted";

  /// How far a pod or job has come.
  public enum Phase {
    /// No container has started. The reason says what it waits for.
    WAITING,
    /// It has started, and may run or be started again.
    RUNNING,
    /// It has ended, and nothing of it is started again.
    ENDED
  }

  /// {@return whether it has ended}
  public boolean hasEnded() {
    return phase == Phase.ENDED;
  }
}
