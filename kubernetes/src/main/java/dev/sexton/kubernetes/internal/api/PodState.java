package dev.sexton.kubernetes.internal.api;

import static dev.sexton.kubernetes.ClusterState.UNKNOWN_EXIT_CODE;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.Text;
import dev.sexton.kubernetes.ClusterState;
import dev.sexton.kubernetes.ClusterState.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What a pod's description says about its life.
///
/// @param metadata the pod's metadata
/// @param container the name of its first container, whose output and exit code count
/// @param state its state
record PodState(Metadata metadata, String container, ClusterState state) {
  /// Reads a pod.
  ///
  /// @throws IOException if it is not a description of a pod
  static PodState of(JsonObject pod) throws IOException {
    JsonArray containers = Json.array(Json.object(pod, "spec"), "containers");
    if (containers.isEmpty() || !(containers.get(0) instanceof JsonObject first)) {
      throw new IOException("a pod has no container");
    }
    String container = ObjectName.require(Json.string(first, "name"));
    JsonObject status = Json.object(pod, "status");
    return new PodState(Metadata.of(pod), container, state(status, container));
  }

  private static ClusterState state(JsonObject status, String container) throws IOException {
    String phase = Json.string(status, "phase");
    JsonObject main = new JsonObject();
    List<JsonObject> all = new ArrayList<>();
    for (JsonElement element : Json.array(status, "containerStatuses")) {
      if (element instanceof JsonObject one) {
        all.add(one);
        main = Json.string(one, "name").equals(container) ? one : main;
      }
    }
    if (phase.equals("Succeeded") || phase.equals("Failed")) {
      return ended(status, phase.equals("Failed"), main, all);
    }
    JsonObject now = Json.object(main, "state");
    JsonObject waiting = Json.object(now, "waiting");
    boolean hasStarted =
        now.has("running")
            || now.has("terminated")
            || Json.object(main, "lastState").has("terminated");
    if (hasStarted) {
      return state(Phase.RUNNING, UNKNOWN_EXIT_CODE, waiting);
    }
    return state(Phase.WAITING, UNKNOWN_EXIT_CODE, whyWaiting(status, waiting));
  }

  private static ClusterState ended(
      JsonObject status, boolean failed, JsonObject main, List<JsonObject> all) throws IOException {
    JsonObject deciding = Json.object(Json.object(main, "state"), "terminated");
    int code = exitCode(deciding);
    if (failed && code <= 0) {
      code = UNKNOWN_EXIT_CODE; // Another container failed, or none: the pod was evicted.
      for (JsonObject container : all) {
        JsonObject terminated = Json.object(Json.object(container, "state"), "terminated");
        if (exitCode(terminated) > 0) {
          deciding = terminated;
          code = exitCode(terminated);
          break;
        }
      }
    }
    boolean podHasReason = !Json.string(status, "reason").isEmpty();
    return state(Phase.ENDED, code, podHasReason ? status : deciding);
  }

  private static int exitCode(JsonObject terminated) throws IOException {
    return number(terminated, "exitCode");
  }

  private static int number(JsonObject parent, String key) throws IOException {
    String text = Json.string(parent, key);
    try {
      return text.isEmpty() ? UNKNOWN_EXIT_CODE : Integer.parseInt(text);
    } catch (NumberFormatException invalid) {
      throw new IOException(key + " is not a number", invalid);
    }
  }

  /// Returns the part of a status that says why no container has started.
  private static JsonObject whyWaiting(JsonObject status, JsonObject waiting) throws IOException {
    for (JsonElement element : Json.array(status, "initContainerStatuses")) {
      if (element instanceof JsonObject init) {
        JsonObject one = Json.object(Json.object(init, "state"), "waiting");
        String reason = Json.string(one, "reason");
        if (!reason.isEmpty() && !reason.equals("PodInitializing")) {
          return one;
        }
      }
    }
    for (JsonElement element : Json.array(status, "conditions")) {
      if (element instanceof JsonObject condition
          && Json.string(condition, "type").equals("PodScheduled")
          && Json.string(condition, "status").equals("False")) {
        return condition;
      }
    }
    return waiting;
  }

  /// Returns a state with the reason and the message of a part of a status.
  static ClusterState state(Phase phase, int exitCode, JsonObject because) throws IOException {
    return new ClusterState(
        phase,
        exitCode,
        Text.forPerson(Json.string(because, "reason")),
        Text.forPerson(Json.string(because, "message")));
  }

  /// Returns whether its first container has written to a log, or could have.
  boolean hasLog() {
    return state.phase() != Phase.WAITING;
  }
}
