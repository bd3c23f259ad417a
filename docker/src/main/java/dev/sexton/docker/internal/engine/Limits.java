package dev.sexton.docker.internal.engine;

import java.time.Duration;

/**
 * How long things may take.
 *
 * @param ask one question: a list, an inspection, the version
 * @param stopMargin what a stop may take beyond its grace
 * @param kill forcing a container and seeing it gone
 * @param delete one removal call
 * @param busy how long a removal that the engine refuses for now is tried again
 * @param start making a container, and starting it, each
 */
public record Limits(
    Duration ask,
    Duration stopMargin,
    Duration kill,
    Duration delete,
    Duration busy,
    Duration start) {
  /**
   * The engine answers a question in milliseconds, Podman its version in half a second. It gives a
   * kill 10 s itself before it reports that the process did not die ({@code daemon/kill.go} of
   * moby). Making a container copies what its image has where a volume goes: the docker command
   * gives it any time, and a minute is long for it.
   */
  public static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60));
}
