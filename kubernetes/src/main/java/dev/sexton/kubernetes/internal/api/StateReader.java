package dev.sexton.kubernetes.internal.api;

import static dev.sexton.kubernetes.ClusterState.UNKNOWN_EXIT_CODE;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.PercentEncoding;
import dev.sexton.kubernetes.ClusterState;
import dev.sexton.kubernetes.ClusterState.Phase;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the state of one pod or job. Another object of its name is not read.
final class StateReader {
  /// The state of an object that no longer exists.
  private static final ClusterState GONE =
      new ClusterState(Phase.ENDED, UNKNOWN_EXIT_CODE, ClusterState.DELETED, "it no longer exists");

  private final ApiClient client;
  private final String namespace;
  private final ObjectKind kind;
  private final String name;
  private final String uid;

  /// A pod or job at one moment.
  ///
  /// @param state its state
  /// @param pods the pod, or the pods of the job in the order of their creation
  record Look(ClusterState state, List<PodState> pods) {}

  /// Creates the reader of what was created with this name and UID.
  StateReader(ApiClient client, String namespace, ObjectKind kind, Metadata created) {
    this.client = client;
    this.namespace = namespace;
    this.kind = kind;
    this.name = created.name();
    this.uid = created.uid();
  }

  /// Reads the object, and the pods of a job.
  Look read() throws IOException {
    String request = "get " + kind.plural();
    HttpResponse response = client.get(kind.path(namespace) + "/" + name);
    if (ApiClient.isNotFound(response, name)) {
      return new Look(GONE, List.of());
    }
    JsonObject object = client.object(request, response);
    try {
      if (!Metadata.of(object).uid().equals(uid)) {
        return new Look(GONE, List.of());
      }
      if (kind == ObjectKind.POD) {
        PodState pod = PodState.of(object);
        return new Look(pod.state(), List.of(pod));
      }
      List<PodState> pods = pods();
      return new Look(job(object, pods), pods);
    } catch (IOException invalid) {
      throw client.nonsense(request, invalid);
    }
  }

  private List<PodState> pods() throws IOException {
    String path =
        ObjectKind.POD.path(namespace)
            + "?labelSelector="
            + PercentEncoding.encode("batch.kubernetes.io/controller-uid=" + uid);
    JsonObject list = client.object("list pods", client.get(path));
    List<PodState> pods = new ArrayList<>();
    for (JsonElement element : Json.array(list, "items")) {
      if (element instanceof JsonObject object) {
        PodState pod = PodState.of(object);
        // Anybody can give a pod the label of a job.
        Metadata.Controller controller = pod.metadata().controller();
        if (controller != null && controller.uid().equals(uid)) {
          pods.add(pod);
        }
      }
    }
    pods.sort(Comparator.comparing(StateReader::age).thenComparing(pod -> pod.metadata().name()));
    return pods;
  }

  private static Instant age(PodState pod) {
    Instant created = pod.metadata().created();
    return created == null ? Instant.MAX : created;
  }

  private static ClusterState job(JsonObject job, List<PodState> pods) throws IOException {
    PodState last = pods.isEmpty() ? null : pods.getLast();
    for (JsonElement element : Json.array(Json.object(job, "status"), "conditions")) {
      if (element instanceof JsonObject condition
          && Json.string(condition, "status").equals("True")) {
        switch (Json.string(condition, "type")) {
          case "Complete" -> {
            return PodState.state(Phase.ENDED, 0, condition);
          }
          case "Failed" -> {
            return PodState.state(Phase.ENDED, failedCode(last), condition);
          }
          default -> {} // What it is about to do.
        }
      }
    }
    for (PodState pod : pods.reversed()) {
      if (pod.state().phase() != Phase.WAITING) {
        // One pod has ended, and the job may start another.
        return pod.state().hasEnded()
            ? new ClusterState(Phase.RUNNING, UNKNOWN_EXIT_CODE, "", "")
            : pod.state();
      }
    }
    return last == null
        ? new ClusterState(Phase.WAITING, UNKNOWN_EXIT_CODE, "", "it has no pod yet")
        : last.state();
  }

  private static int failedCode(@Nullable PodState last) {
    return last == null || last.state().exitCode() == 0
        ? UNKNOWN_EXIT_CODE
        : last.state().exitCode();
  }
}
