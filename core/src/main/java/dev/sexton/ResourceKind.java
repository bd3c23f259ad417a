package dev.sexton;

import java.util.Locale;

/// The kind of a resource. A resource is something that an instance created and that can outlive
/// it.
public enum ResourceKind {
  /// A process with all its descendants.
  PROCESS,
  /// A container of an engine such as Docker or Podman.
  CONTAINER,
  /// A network of a container engine.
  NETWORK,
  /// A named volume of a container engine.
  VOLUME;

  /// Returns the lower-case word used in JSON, in the journal and on screen, such as `process`.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
