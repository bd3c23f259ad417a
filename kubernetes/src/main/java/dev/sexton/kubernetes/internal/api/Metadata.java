package dev.sexton.kubernetes.internal.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.internal.http.Json;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an object's metadata say.
///
/// @param id what identifies it
/// @param labels its labels, with those of its annotations that a container has as labels
/// @param created when it was created, by the cluster's clock; null if that is not known
/// @param deletion whether it is being deleted, and what that waits for
/// @param controller what replaces the object if it is deleted; null if nothing does
record Metadata(
    Id id,
    Map<String, String> labels,
    @Nullable Instant created,
    Deletion deletion,
    @Nullable Controller controller) {
  /// Label values cannot hold these.
  static final List<String> ANNOTATIONS = List.of("sexton.owner", "sexton.state-dir");

  /// What identifies an object and its state.
  ///
  /// @param name its name
  /// @param uid its UID, which no other object ever has
  /// @param version its resource version, which changes with each change of the object
  record Id(String name, String uid, String version) {}

  /// The state of a deletion.
  ///
  /// @param begun whether the object is being deleted
  /// @param finalizers what has to be done before it disappears
  record Deletion(boolean begun, List<String> finalizers) {}

  /// An object that creates another one like this.
  ///
  /// @param kind its kind, such as `ReplicaSet`
  /// @param name its name
  /// @param uid its UID
  record Controller(String kind, String name, String uid) {}

  /// Reads the metadata of an object.
  ///
  /// @throws IOException if they are incomplete
  static Metadata of(JsonObject object) throws IOException {
    JsonObject metadata = Json.object(object, "metadata");
    String uid = Json.string(metadata, "uid");
    if (uid.isEmpty()) {
      throw new IOException("an object has no UID");
    }
    return new Metadata(
        new Id(
            ObjectName.require(Json.string(metadata, "name")),
            uid,
            Json.string(metadata, "resourceVersion")),
        labels(metadata),
        created(metadata),
        new Deletion(
            !Json.string(metadata, "deletionTimestamp").isEmpty(),
            strings(Json.array(metadata, "finalizers"))),
        controller(metadata));
  }

  /// Returns the name.
  String name() {
    return id.name();
  }

  /// Returns the UID.
  String uid() {
    return id.uid();
  }

  private static Map<String, String> labels(JsonObject metadata) throws IOException {
    Map<String, String> labels = new HashMap<>(Json.strings(metadata, "labels"));
    Map<String, String> annotations = Json.strings(metadata, "annotations");
    for (String key : ANNOTATIONS) {
      labels.remove(key);
      String value = annotations.get(key);
      if (value != null) {
        labels.put(key, value);
      }
    }
    return Map.copyOf(labels);
  }

  private static List<String> strings(JsonArray array) {
    return array.asList().stream().map(String::valueOf).map(one -> one.replace("\"", "")).toList();
  }

  private static @Nullable Instant created(JsonObject metadata) throws IOException {
    try {
      return Instant.parse(Json.string(metadata, "creationTimestamp"));
    } catch (DateTimeParseException unknown) {
      return null;
    }
  }

  private static @Nullable Controller controller(JsonObject metadata) throws IOException {
    for (JsonElement element : Json.array(metadata, "ownerReferences")) {
      if (element instanceof JsonObject owner && Json.string(owner, "controller").equals("true")) {
        return new Controller(
            Json.string(owner, "kind"), Json.string(owner, "name"), Json.string(owner, "uid"));
      }
    }
    return null;
  }
}
