package dev.sexton.mcp.tool;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.pod.PodTemplate;
import dev.sexton.mcp.session.PodLauncher;
import dev.sexton.mcp.session.SessionLauncher;
import dev.sexton.mcp.session.Sessions;
import java.util.List;
import java.util.Map;

/// The arguments of `session_start` that start a pod or a job.
final class PodArguments {
  /// The arguments that are part of a template instead.
  private static final List<String> IN_TEMPLATE =
      List.of(
          "command",
          "arguments",
          "directory",
          "environment",
          "image",
          "ports",
          "mounts",
          "memory_mb",
          "cpus",
          "pids",
          "pull");

  private PodArguments() {}

  static void addTo(Schema schema) {
    schema
        .optional(
            "pod",
            "object",
            "Starts a pod or a job in a Kubernetes cluster, as far as the operator allows: a v1 Pod"
                + " or batch/v1 Job manifest in JSON, such as {\"spec\": {\"containers\": [{\"name\":"
                + " \"main\", \"image\": \"busybox\", \"command\": [\"sleep\", \"60\"]}]}}. It is"
                + " not restarted unless restartPolicy says so.",
            "additionalProperties",
            true)
        .optional(
            "namespace",
            "string",
            "For a pod: CONTEXT/NAMESPACE. Default: the first one that the operator allows.");
  }

  static SessionLauncher launcher(ToolArguments given, Sessions sessions) throws RefusalException {
    for (String key : IN_TEMPLATE) {
      if (given.has(key)) {
        throw new RefusalException(
            key + " is not for pods", "put it in the manifest of the pod, or omit pod");
      }
    }
    ToolArguments ready = given.object("ready");
    if (ready != null && ready.has("port")) {
      throw new RefusalException(
          "ready has a port, and the ports of pods are not on this machine",
          "wait for a line of the output instead");
    }
    String place = sessions.pods().requireNamespace(given.text("namespace"));
    Map<?, ?> manifest = given.raw("pod");
    PodTemplate template =
        PodTemplate.of(
            manifest,
            given.required("name"),
            sessions.pods(),
            sessions.allowed(),
            sessions.limits().grace());
    return new PodLauncher(template, place, System.getenv());
  }
}
