package dev.sexton.kubernetes.internal.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.Json;
import dev.sexton.kubernetes.ClusterSession;
import dev.sexton.kubernetes.CreatedObject;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// Creates objects that belong to an instance, in one namespace.
public final class ObjectCreator {
  private final ApiClient client;
  private final String namespace;

  /// Creates objects in this namespace.
  public ObjectCreator(ApiClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /// Creates an object.
  ///
  /// @param marks the labels of a container of the instance
  /// @param manifest the object in JSON
  /// @throws IOException if the cluster does not create it
  public CreatedObject create(Map<String, String> marks, String manifest) throws IOException {
    JsonObject object = parse(manifest);
    ObjectKind kind = kind(object);
    return created(kind, create(marks, kind, object));
  }

  /// Starts a pod or a job.
  ///
  /// @param marks the labels of a container of the instance
  /// @param template the pod or job in JSON
  /// @throws IOException if the cluster does not create it
  public ClusterSession start(Map<String, String> marks, String template) throws IOException {
    JsonObject object = parse(template);
    ObjectKind kind = kind(object);
    if (kind != ObjectKind.POD && kind != ObjectKind.JOB) {
      throw new IllegalArgumentException(
          "the manifest cannot be used: a " + kind.word() + " does not run; start a Pod or a Job");
    }
    Metadata metadata = create(marks, kind, object);
    return new StartedObject(client, created(kind, metadata), kind, metadata, marks);
  }

  private static JsonObject parse(String manifest) {
    try {
      return Json.object(manifest);
    } catch (IOException invalid) {
      throw unusable(invalid);
    }
  }

  private static IllegalArgumentException unusable(IOException invalid) {
    return new IllegalArgumentException(
        "the manifest cannot be used: " + invalid.getMessage(), invalid);
  }

  private Metadata create(Map<String, String> marks, ObjectKind kind, JsonObject object)
      throws IOException {
    try {
      mark(object, marks);
      if (kind == ObjectKind.JOB) {
        mark(child(child(object, "spec"), "template"), marks);
      }
    } catch (IOException invalid) {
      throw unusable(invalid);
    }
    JsonArray owners = new JsonArray();
    owners.add(owner(marks));
    child(object, "metadata").add("ownerReferences", owners);
    return post(kind, object);
  }

  private ObjectKind kind(JsonObject object) {
    try {
      return requireKind(object);
    } catch (IOException invalid) {
      throw unusable(invalid);
    }
  }

  private ObjectKind requireKind(JsonObject object) throws IOException {
    ObjectKind kind = ObjectKind.named(Json.string(object, "kind"));
    if (kind == null || !Json.string(object, "apiVersion").equals(kind.apiVersion())) {
      throw new IOException(
          "objects of the kind "
              + Json.string(object, "apiVersion")
              + " "
              + Json.string(object, "kind")
              + " are not cleaned up, and not created");
    }
    String elsewhere = Json.string(Json.object(object, "metadata"), "namespace");
    if (!elsewhere.isEmpty() && !elsewhere.equals(namespace)) {
      throw new IOException("it is for the namespace " + elsewhere + ", not " + namespace);
    }
    return kind;
  }

  /// Adds the instance's labels, and as annotations what label values cannot hold.
  private static void mark(JsonObject object, Map<String, String> marks) throws IOException {
    JsonObject metadata = child(object, "metadata");
    marks.forEach((key, value) -> {
      String place = Metadata.ANNOTATIONS.contains(key) ? "annotations" : "labels";
      child(metadata, place).addProperty(key, value);
    });
  }

  private static JsonObject child(JsonObject parent, String key) {
    if (!(parent.get(key) instanceof JsonObject)) {
      parent.add(key, new JsonObject());
    }
    return parent.getAsJsonObject(key);
  }

  /// Returns the reference to the config map that owns everything of the instance. Makes it if
  /// there is none.
  private JsonObject owner(Map<String, String> marks) throws IOException {
    String id = instanceId(marks);
    JsonObject anchor = new JsonObject();
    anchor.addProperty("apiVersion", ObjectKind.CONFIG_MAP.apiVersion());
    anchor.addProperty("kind", ObjectKind.CONFIG_MAP.word());
    mark(anchor, marks);
    String name = "sexton-" + id;
    child(anchor, "metadata").addProperty("name", name);
    String path = ObjectKind.CONFIG_MAP.path(namespace);
    HttpResponse response = client.call("POST", path, anchor.toString(), ApiClient.JSON);
    Metadata metadata;
    if (response.status() == 409) {
      metadata = client.metadata("get configmaps", client.get(path + "/" + name));
      if (!metadata.labels().entrySet().containsAll(marks.entrySet())) {
        throw client.failure("the config map " + name + " belongs to another instance; delete it");
      }
      if (metadata.deletion().begun()) {
        throw client.failure(
            "the config map " + name + " is being deleted: the instance has ended");
      }
    } else {
      metadata = client.metadata("create configmaps", response);
    }
    JsonObject owner = new JsonObject();
    owner.addProperty("apiVersion", ObjectKind.CONFIG_MAP.apiVersion());
    owner.addProperty("kind", ObjectKind.CONFIG_MAP.word());
    owner.addProperty("name", metadata.name());
    owner.addProperty("uid", metadata.uid());
    return owner;
  }

  private static String instanceId(Map<String, String> marks) {
    Map<String, String> labels = new HashMap<>(marks);
    labels.keySet().removeAll(Metadata.ANNOTATIONS);
    return labels.values().iterator().next(); // It is the only one.
  }

  private Metadata post(ObjectKind kind, JsonObject object) throws IOException {
    HttpResponse response =
        client.call("POST", kind.path(namespace), object.toString(), ApiClient.JSON);
    return client.metadata("create " + kind.plural(), response);
  }

  private CreatedObject created(ObjectKind kind, Metadata metadata) {
    return new CreatedObject(kind.word(), namespace, metadata.name(), metadata.uid());
  }
}
