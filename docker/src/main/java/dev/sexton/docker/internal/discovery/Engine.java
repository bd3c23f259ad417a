package dev.sexton.docker.internal.discovery;

import dev.sexton.internal.http.Address;

/// An engine that is configured or present on this machine.
public sealed interface Engine {
  /// Returns a human-readable name with the address.
  String name();

  /// An engine that can be asked.
  ///
  /// @param name the human-readable name
  /// @param address where the engine listens
  record Usable(String name, Address address) implements Engine {}

  /// An engine that is configured in an unsupported way. It must not be skipped silently, because
  /// its containers are not cleaned up.
  ///
  /// @param name the human-readable name
  /// @param problem why it cannot be used, and what to do
  record Unusable(String name, String problem) implements Engine {}
}
