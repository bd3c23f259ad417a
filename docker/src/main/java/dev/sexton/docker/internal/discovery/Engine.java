package dev.sexton.docker.internal.discovery;

import dev.sexton.docker.internal.http.Address;

/** An engine that is configured or present on this machine. */
public sealed interface Engine {
  /** What a person calls it, with its address. */
  String name();

  /**
   * One that can be asked.
   *
   * @param name what a person calls it
   * @param address where it listens
   */
  record Usable(String name, Address address) implements Engine {}

  /**
   * One that is configured, but in a way that cannot be used. Not to be passed over in silence: its
   * containers are not cleaned.
   *
   * @param name what a person calls it
   * @param problem why, and what to do
   */
  record Unusable(String name, String problem) implements Engine {}
}
