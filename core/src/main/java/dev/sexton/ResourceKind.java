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
  VOLUME,
  /// A job of Kubernetes.
  JOB,
  /// A pod of Kubernetes.
  POD,
  /// A service of Kubernetes.
  SERVICE,
  /// A network policy of Kubernetes.
  NETWORK_POLICY,
  /// A persistent volume claim of Kubernetes.
  CLAIM,
  /// A secret of Kubernetes.
  SECRET,
  /// A config map of Kubernetes.
  CONFIG_MAP;

  /// {@return the lower-case word used in JSON, in the journal and on screen, such as `process` or
  /// `config-map`}
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
