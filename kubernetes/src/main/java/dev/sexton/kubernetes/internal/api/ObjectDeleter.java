package dev.sexton.kubernetes.internal.api;

import com.google.gson.JsonObject;
import dev.sexton.Outcome;
import dev.sexton.internal.http.Backoff;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.kubernetes.internal.api.Metadata.Controller;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Deletes objects and verifies that they are gone. An object is deleted only with the UID and in
/// the version that was just read, and only if it still has the labels by which it was judged.
/// Another object of the same name, and one from which the label was taken, are left alone.
final class ObjectDeleter {
  /// With zero, the API server forgets a pod at once, even if it still runs on its node.
  private static final long MIN_GRACE_SECONDS = 1;

  /// Only metadata are read, also of what was deleted. The content of secrets stays in the cluster.
  private static final String METADATA =
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

  private final ApiClient client;
  private final String namespace;

  ObjectDeleter(ApiClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /// Deletes a pod or a job, and waits until it is gone.
  ///
  /// @return [Outcome#KILLED] if it took the whole grace period
  Outcome stop(LabelledResource resource, Duration grace) throws IOException {
    long seconds = Math.max(MIN_GRACE_SECONDS, roundUp(grace));
    JsonObject options = new JsonObject();
    if (ObjectKind.of(resource.kind()) == ObjectKind.POD) {
      options.addProperty("gracePeriodSeconds", seconds);
    } else {
      options.addProperty("propagationPolicy", "Foreground"); // A job goes after its pods.
    }
    long start = System.nanoTime();
    Duration limit = Duration.ofSeconds(seconds).plus(client.limits().margin());
    boolean deleted = delete(resource, options, limit);
    boolean graceIsOver = System.nanoTime() - start >= Duration.ofSeconds(seconds).toNanos();
    return !deleted ? Outcome.GONE : graceIsOver ? Outcome.KILLED : Outcome.STOPPED;
  }

  /// Deletes any object, and waits until it is gone.
  void remove(LabelledResource resource) throws IOException {
    JsonObject options = new JsonObject();
    options.addProperty("propagationPolicy", "Background");
    boolean _ = delete(resource, options, client.limits().gone());
  }

  /// Asks until the cluster has begun the deletion, and waits until the object is gone.
  ///
  /// @return whether there was something to delete
  private boolean delete(LabelledResource resource, JsonObject options, Duration limit)
      throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    Backoff pause = new Backoff();
    boolean tried = false;
    boolean asked = false; // Successfully.
    boolean isTimeToAsk = true;
    while (true) {
      Metadata metadata = read(ObjectKind.of(resource.kind()), name(resource));
      if (metadata == null || !metadata.uid().equals(resource.id())) {
        return asked;
      }
      boolean begun = metadata.deletion().begun();
      // Deleting an object again could shorten the grace period that its own user has given it.
      if (!(asked && begun) && !hasLabels(metadata, resource)) {
        return asked;
      }
      if (tried && System.nanoTime() - deadline >= 0) {
        throw client.failure(leftReason(resource, metadata));
      }
      if (isTimeToAsk && !(asked && begun)) {
        requireNoController(resource, metadata);
        tried = true;
        asked |= ask(resource, metadata, options);
        isTimeToAsk = false;
      } else {
        pause.sleep();
        isTimeToAsk = true;
      }
    }
  }

  private static boolean hasLabels(Metadata metadata, LabelledResource resource) {
    return metadata.labels().entrySet().containsAll(resource.labels().entrySet());
  }

  /// Asks the cluster to delete the object in this version.
  ///
  /// @return false if it was changed meanwhile
  private boolean ask(LabelledResource resource, Metadata metadata, JsonObject options)
      throws IOException {
    JsonObject preconditions = new JsonObject();
    preconditions.addProperty("uid", metadata.uid());
    preconditions.addProperty("resourceVersion", metadata.id().version());
    JsonObject body = options.deepCopy();
    body.addProperty("kind", "DeleteOptions");
    body.addProperty("apiVersion", "v1");
    body.add("preconditions", preconditions);
    ObjectKind kind = ObjectKind.of(resource.kind());
    String path = kind.path(namespace) + "/" + name(resource);
    HttpResponse response = client.call("DELETE", path, body.toString(), METADATA);
    if (response.isSuccess() || ApiClient.isNotFound(response, name(resource))) {
      return true;
    }
    if (response.status() == 409) {
      return false;
    }
    throw client.refusal("delete " + kind.plural(), response);
  }

  /// Deleting what something else replaces would never end.
  private void requireNoController(LabelledResource resource, Metadata metadata)
      throws IOException {
    Controller controller = metadata.controller();
    if (controller != null && !isOurJob(controller, resource)) {
      throw client.failure(
          "the "
              + resource.kind().word()
              + " "
              + resource.name()
              + " was left alone, because the "
              + controller.kind()
              + " "
              + controller.name()
              + " would replace it; delete that");
    }
  }

  /// Returns whether the controller is gone, or a job with the same labels of an instance, which
  /// the sweep deletes, too.
  private boolean isOurJob(Controller controller, LabelledResource resource) throws IOException {
    if (!controller.kind().equals(ObjectKind.JOB.word())) {
      return false;
    }
    Metadata job = read(ObjectKind.JOB, ObjectName.require(controller.name()));
    return job == null
        || !job.uid().equals(controller.uid())
        || resource.labels().entrySet().stream()
            .filter(label -> label.getKey().endsWith("-server-instance"))
            .allMatch(label -> label.getValue().equals(job.labels().get(label.getKey())));
  }

  private String leftReason(LabelledResource resource, Metadata metadata) {
    String what = "the " + resource.kind().word() + " " + resource.name();
    if (!metadata.deletion().begun()) {
      return what + " was not deleted, because it is changed all the time";
    }
    if (!metadata.deletion().finalizers().isEmpty()) {
      return what
          + " stays Terminating until others have finished: "
          + String.join(", ", metadata.deletion().finalizers());
    }
    return what + " stays Terminating; is its node gone?";
  }

  /// Returns the metadata of what has this name now; null if nothing has.
  private @Nullable Metadata read(ObjectKind kind, String name) throws IOException {
    String request = "get " + kind.plural();
    HttpResponse response = client.call("GET", kind.path(namespace) + "/" + name, "", METADATA);
    if (ApiClient.isNotFound(response, name)) {
      return null;
    }
    Metadata metadata = client.metadata(request, response);
    if (!metadata.name().equals(name)) {
      throw client.nonsense(
          request,
          new IOException("it describes \"" + metadata.name() + "\", which was left alone"));
    }
    return metadata;
  }

  private String name(LabelledResource resource) throws IOException {
    return ObjectName.of(resource, namespace);
  }

  private static long roundUp(Duration grace) {
    long seconds = grace.getSeconds() + (grace.getNano() > 0 ? 1 : 0);
    return Math.min(seconds, Integer.MAX_VALUE / 2);
  }
}
