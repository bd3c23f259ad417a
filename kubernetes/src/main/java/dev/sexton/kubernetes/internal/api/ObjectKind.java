package dev.sexton.kubernetes.internal.api;

import dev.sexton.ResourceKind;
import org.jspecify.annotations.Nullable;

/// The kinds of objects that a sweep deletes, in the order in which it lists them. Jobs come before
/// pods because they would replace them. Network policies come after pods because pods without
/// their policies could reach more. Config maps come last because one of them owns the other
/// objects of its instance.
enum ObjectKind {
  JOB(ResourceKind.JOB, "Job", "batch", "jobs"),
  POD(ResourceKind.POD, "Pod", "", "pods"),
  SERVICE(ResourceKind.SERVICE, "Service", "", "services"),
  NETWORK_POLICY(
      ResourceKind.NETWORK_POLICY, "NetworkPolicy", "networking.k8s.io", "networkpolicies"),
  CLAIM(ResourceKind.CLAIM, "PersistentVolumeClaim", "", "persistentvolumeclaims"),
  SECRET(ResourceKind.SECRET, "Secret", "", "secrets"),
  CONFIG_MAP(ResourceKind.CONFIG_MAP, "ConfigMap", "", "configmaps");

  private final ResourceKind reported;
  private final String word;
  private final String group;
  private final String plural;

  ObjectKind(ResourceKind reported, String word, String group, String plural) {
    this.reported = reported;
    this.word = word;
    this.group = group;
    this.plural = plural;
  }

  /// Returns the kind with the word that Kubernetes has for it; null if a sweep does not delete it.
  static @Nullable ObjectKind named(String word) {
    for (ObjectKind kind : values()) {
      if (kind.word.equals(word)) {
        return kind;
      }
    }
    return null;
  }

  /// Returns the kind of a resource.
  static ObjectKind of(ResourceKind reported) {
    for (ObjectKind kind : values()) {
      if (kind.reported == reported) {
        return kind;
      }
    }
    throw new IllegalArgumentException("Kubernetes has no " + reported);
  }

  /// Returns the kind in reports.
  ResourceKind reported() {
    return reported;
  }

  /// Returns the word that Kubernetes has for the kind, such as `Pod`.
  String word() {
    return word;
  }

  /// Returns the version of the API, such as `batch/v1`.
  String apiVersion() {
    return group.isEmpty() ? "v1" : group + "/v1";
  }

  /// Returns the word in roles, such as `pods`.
  String plural() {
    return plural;
  }

  /// Returns the path of the kind's objects in a namespace.
  String path(String namespace) {
    return (group.isEmpty() ? "/api/v1" : "/apis/" + group + "/v1")
        + "/namespaces/"
        + namespace
        + "/"
        + plural;
  }
}
