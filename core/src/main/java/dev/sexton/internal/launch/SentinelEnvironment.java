package dev.sexton.internal.launch;

import dev.sexton.internal.process.InstanceMarker;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The part of the owner's environment that a sentinel keeps: what a sweep needs to find state
/// directories and engines. It excludes the marker, which would attribute the sentinel to the
/// owner, and variables that change how a JVM runs.
final class SentinelEnvironment {
  private static final Set<String> KEPT =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "LANG",
          "TZ",
          "TMPDIR",
          "JAVA_HOME",
          "XDG_RUNTIME_DIR",
          "CONTAINER_HOST",
          "SSH_AUTH_SOCK",
          "KUBECONFIG",
          "KUBERNETES_SERVICE_HOST",
          "KUBERNETES_SERVICE_PORT",
          "DH_AI_DATA_DIR");

  private static final Set<String> KEPT_PREFIXES = Set.of("LC_", "DOCKER_", "SEXTON_");

  private static final Set<String> DROPPED = Set.of(InstanceMarker.VARIABLE, InstanceMarker.KEEP);

  private SentinelEnvironment() {}

  static Map<String, String> of(Map<String, String> owners) {
    Map<String, String> kept = new LinkedHashMap<>();
    owners.forEach((name, value) -> {
      boolean wanted = KEPT.contains(name) || KEPT_PREFIXES.stream().anyMatch(name::startsWith);
      if (wanted && !DROPPED.contains(name)) {
        kept.put(name, value);
      }
    });
    return kept;
  }
}
