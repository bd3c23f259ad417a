package dev.sexton.mcp.pod;

import dev.sexton.mcp.AllowList;
import dev.sexton.mcp.PodLimits;
import dev.sexton.mcp.RefusalException;
import io.modelcontextprotocol.json.McpJsonDefaults;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A pod or job that a client wants, checked and completed. Immutable.
///
/// @param kind `Pod` or `Job`
/// @param json what is created
/// @param image the image of its first container
public record PodTemplate(String kind, String json, String image) {
  private static final long MAX_PARALLELISM = 1_000_000;

  /// Checks a template, and adds what a session needs. A pod is not started again unless the
  /// template says so. It has no token of the cluster unless its service account is allowed. No
  /// container can gain rights.
  ///
  /// @param session the name of the session, with which the name of the pod begins
  /// @param grace the operator's grace period, which the template may not extend
  /// @throws RefusalException if it is not a pod or job, or has something that is not allowed
  public static PodTemplate of(
      Map<?, ?> given, String session, PodLimits limits, AllowList images, Duration grace)
      throws RefusalException {
    Map<String, Object> object = copy(given);
    Map<String, Object> spec = child(object, "spec");
    boolean isJob = isJob(object, spec);
    FieldCheck fields = new FieldCheck(limits.fields());
    for (String key : object.keySet()) {
      if (!List.of("apiVersion", "kind", "metadata", "spec").contains(key)) {
        throw new RefusalException(
            "the pod has the part " + key,
            "give a Pod or a Job with metadata and spec only, without what a cluster adds");
      }
    }
    Map<String, Object> metadata = child(object, "metadata");
    fields.require("metadata", metadata);
    long pods = 1;
    Map<String, Object> podSpec = spec;
    if (isJob) {
      pods = parallelism(spec.get("parallelism"));
      podSpec = podSpec(spec, fields);
    }
    fields.require("", podSpec);
    List<Map<?, ?>> containers = containers(podSpec, images);
    new ResourceCheck(limits.resources()).require(containers, pods);
    requireAccount(podSpec, limits.serviceAccounts());
    podSpec.putIfAbsent("restartPolicy", "Never");
    // The pods of a job are deleted with their own grace period.
    podSpec.putIfAbsent("terminationGracePeriodSeconds", Math.max(1, grace.toSeconds()));
    if (!metadata.containsKey("name") && !metadata.containsKey("generateName")) {
      String prefix = session.toLowerCase(Locale.ROOT).replaceAll("[._-]+", "-");
      metadata.put("generateName", prefix.substring(0, Math.min(prefix.length(), 40)) + "-");
    }
    object.put("apiVersion", isJob ? "batch/v1" : "v1");
    object.put("kind", isJob ? "Job" : "Pod");
    return new PodTemplate(
        isJob ? "Job" : "Pod", json(object), String.valueOf(containers.getFirst().get("image")));
  }

  private static boolean isJob(Map<String, Object> object, Map<String, Object> spec)
      throws RefusalException {
    Object kind = object.get("kind");
    Object version = object.get("apiVersion");
    boolean isJob = kind == null ? spec.containsKey("template") : kind.equals("Job");
    boolean isPod = kind == null ? !isJob : kind.equals("Pod");
    if (!(isJob || isPod) || (version != null && !version.equals(isJob ? "batch/v1" : "v1"))) {
      throw new RefusalException(
          "the pod is of the kind " + version + " " + kind, "give a v1 Pod or a batch/v1 Job");
    }
    return isJob;
  }

  /// Checks the fields of a job, and returns the description of its pods.
  private static Map<String, Object> podSpec(Map<String, Object> job, FieldCheck fields)
      throws RefusalException {
    for (Map.Entry<String, Object> field : job.entrySet()) {
      if (!field.getKey().equals("template")) {
        fields.require("job." + field.getKey(), field.getValue());
      }
    }
    Map<String, Object> template = child(job, "template");
    for (String key : template.keySet()) {
      if (!List.of("metadata", "spec").contains(key)) {
        fields.require("job.template." + key, true);
      }
    }
    fields.require("metadata", template.get("metadata"));
    return child(template, "spec");
  }

  private static long parallelism(@Nullable Object value) throws RefusalException {
    if (value == null) {
      return 1;
    }
    if (value instanceof Number number
        && number.doubleValue() == number.longValue()
        && number.longValue() >= 0
        && number.longValue() <= MAX_PARALLELISM) {
      return Math.max(1, number.longValue());
    }
    throw new RefusalException("the job's parallelism is not a number", "give a number from 1");
  }

  private static List<Map<?, ?>> containers(Map<String, Object> spec, AllowList images)
      throws RefusalException {
    List<Map<?, ?>> containers = new ArrayList<>();
    for (String key : List.of("containers", "initContainers")) {
      List<Object> copies = new ArrayList<>();
      if (spec.get(key) instanceof Map<?, ?>) {
        throw noContainer();
      }
      for (Object item : spec.get(key) instanceof List<?> list ? list : List.of()) {
        if (!(item instanceof Map<?, ?> given)) {
          throw noContainer();
        }
        Map<String, Object> container = copy(given);
        if (!(container.get("image") instanceof String image)) {
          throw noContainer();
        }
        images.requireImage(image);
        keepFromGainingRights(container);
        containers.add(container);
        copies.add(container);
      }
      if (!copies.isEmpty()) {
        spec.put(key, copies);
      } else if (key.equals("containers")) {
        throw noContainer();
      }
    }
    return containers;
  }

  private static RefusalException noContainer() {
    return new RefusalException(
        "the pod has no containers, or one without an image",
        "give at least {\"spec\": {\"containers\": [{\"name\": \"main\", \"image\": \"…\"}]}}");
  }

  /// An API server rejects this for containers that have all rights anyway.
  private static void keepFromGainingRights(Map<String, Object> container) throws RefusalException {
    Map<String, Object> security = child(container, "securityContext");
    boolean hasMore =
        Boolean.TRUE.equals(security.get("privileged"))
            || (security.get("capabilities") instanceof Map<?, ?> capabilities
                && capabilities.containsKey("add"));
    if (!hasMore) {
      security.putIfAbsent("allowPrivilegeEscalation", false);
    }
  }

  private static void requireAccount(Map<String, Object> spec, List<String> allowed)
      throws RefusalException {
    Object named = spec.get("serviceAccountName");
    if (allowed.contains(named == null ? "default" : named)) {
      return;
    }
    if (named != null || Boolean.TRUE.equals(spec.get("automountServiceAccountToken"))) {
      throw new RefusalException(
          "the service account " + (named == null ? "default" : named) + " is not allowed here",
          (allowed.isEmpty()
                  ? "omit serviceAccountName and automountServiceAccountToken"
                  : "only " + String.join(", ", allowed) + " may be used")
              + " (limit service_accounts; an operator can change it with --service-accounts or in"
              + " the limits file)");
    }
    spec.put("automountServiceAccountToken", false);
  }

  /// Returns a copy of an object in it, which replaces that. Makes one if there is none.
  private static Map<String, Object> child(Map<String, Object> parent, String key)
      throws RefusalException {
    Object value = parent.get(key);
    if (value != null && !(value instanceof Map<?, ?>)) {
      throw new RefusalException("the part " + key + " of the pod is no object", "correct it");
    }
    Map<String, Object> copy = value instanceof Map<?, ?> map ? copy(map) : new LinkedHashMap<>();
    parent.put(key, copy);
    return copy;
  }

  /// Leaves out what is null.
  private static Map<String, Object> copy(Map<?, ?> map) {
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> {
      if (value != null) {
        copy.put(String.valueOf(key), value);
      }
    });
    return copy;
  }

  private static String json(Map<String, Object> object) {
    try {
      return McpJsonDefaults.getMapper().writeValueAsString(object);
    } catch (IOException impossible) {
      throw new IllegalArgumentException(impossible);
    }
  }
}
