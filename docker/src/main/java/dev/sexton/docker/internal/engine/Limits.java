package dev.sexton.docker.internal.engine;

import java.time.Duration;

/// The time limits of calls.
///
/// @param ask the limit of one request: a list, an inspection, the version
/// @param stop the limits of a stop
/// @param delete the limit of one request to remove a resource
/// @param busy how long a removal is retried while the engine refuses it
/// @param start the limit for creating a container, and for starting it
public record Limits(Duration ask, Stop stop, Duration delete, Duration busy, Duration start) {
  /// The time limits of a stop.
  ///
  /// @param margin how long a stop may take beyond its grace period
  /// @param kill the limit of a forced stop and its verification
  public record Stop(Duration margin, Duration kill) {}

  /// The default limits. The engine answers a request in milliseconds; Podman reports its version
  /// in half a second. The engine itself allows 10 s for a kill before it reports that the process
  /// did not die (`daemon/kill.go` of moby). Creating a container copies the image's content at the
  /// path of a volume. The docker command allows any time for that, and a minute is long.
  public static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(5),
          new Stop(Duration.ofSeconds(10), Duration.ofSeconds(15)),
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60));
}
