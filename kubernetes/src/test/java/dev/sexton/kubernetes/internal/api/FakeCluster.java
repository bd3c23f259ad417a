package dev.sexton.kubernetes.internal.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testsupport.FakeEngine.Request;
import dev.sexton.testsupport.FaultyServer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/// The parts of an API server that the provider uses, with a fault at the call that a test chooses.
/// What an API server really does is tested with a real one.
@NullMarked
final class FakeCluster extends FaultyServer {
  static final String KEY = "app-server-instance";
  static final String NAMESPACE = "sessions";

  /// Objects by path, such as `/api/v1/namespaces/sessions/pods/a`.
  private final Map<String, JsonObject> objects = new LinkedHashMap<>();

  private final List<String> deletions = new ArrayList<>();
  private int version;

  /// Whether deleted pods stay.
  volatile boolean keepsPods;

  /// Changes the objects before the next deletion.
  volatile @Nullable Runnable beforeDeletion;

  FakeCluster() {
    this(-1, false, null);
  }

  /// Creates a cluster with one fault.
  FakeCluster(int faultyCall, boolean faultBeforeEffect, @Nullable Fault fault) {
    super(faultyCall, faultBeforeEffect, fault);
  }

  /// Adds an object with a label; the instance's label has the value `x`.
  synchronized JsonObject add(ObjectKind kind, String name, String key) {
    JsonObject object = new JsonObject();
    JsonObject metadata = new JsonObject();
    object.add("metadata", metadata);
    metadata.addProperty("name", name);
    metadata.addProperty("namespace", NAMESPACE);
    metadata.addProperty("uid", "uid-" + kind + "-" + name + "-" + ++version);
    metadata.addProperty("resourceVersion", Integer.toString(++version));
    JsonObject labels = new JsonObject();
    labels.addProperty(key, "x");
    metadata.add("labels", labels);
    objects.put(path(kind, name), object);
    return metadata;
  }

  /// Changes an object's version.
  synchronized void touch(JsonObject metadata) {
    metadata.addProperty("resourceVersion", Integer.toString(++version));
  }

  synchronized boolean has(ObjectKind kind, String name) {
    return objects.containsKey(path(kind, name));
  }

  /// Returns the bodies of deletions that had an effect, with their paths.
  synchronized List<String> deletions() {
    return List.copyOf(deletions);
  }

  private static String path(ObjectKind kind, String name) {
    return kind.path(NAMESPACE) + "/" + name;
  }

  @Override
  protected synchronized Answer answer(Request request) {
    String target = request.target();
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    if (request.method().equals("DELETE")) {
      return delete(path, JsonParser.parseString(request.body()).getAsJsonObject());
    }
    if (path.equals("/api/v1/namespaces/" + NAMESPACE)) {
      return answer(200, new JsonObject());
    }
    if (query >= 0) {
      return list(path, target.substring(query + 1));
    }
    JsonObject found = objects.get(path);
    return found == null ? missing(path) : answer(200, found);
  }

  /// Returns one object a page.
  private Answer list(String path, String query) {
    String key = parameter(query, "labelSelector");
    List<JsonObject> matching =
        objects.entrySet().stream()
            .filter(one -> one.getKey().startsWith(path + "/"))
            .map(Map.Entry::getValue)
            .filter(one -> one.getAsJsonObject("metadata").getAsJsonObject("labels").has(key))
            .toList();
    String token = parameter(query, "continue");
    int from = token.isEmpty() ? 0 : Integer.parseInt(token);
    boolean paged = !parameter(query, "limit").isEmpty();
    JsonArray items = new JsonArray();
    matching
        .subList(from, paged ? Math.min(from + 1, matching.size()) : matching.size())
        .forEach(items::add);
    JsonObject metadata = new JsonObject();
    if (paged && from + 1 < matching.size()) {
      metadata.addProperty("continue", Integer.toString(from + 1));
    }
    JsonObject list = new JsonObject();
    list.add("metadata", metadata);
    list.add("items", items);
    return answer(200, list);
  }

  private static String parameter(String query, String name) {
    for (String part : List.of(query.split("&", -1))) {
      if (part.startsWith(name + "=")) {
        return URLDecoder.decode(part.substring(name.length() + 1), StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  private Answer delete(String path, JsonObject options) {
    Runnable change = beforeDeletion;
    if (change != null) {
      beforeDeletion = null;
      change.run();
    }
    JsonObject object = objects.get(path);
    if (object == null) {
      return missing(path);
    }
    JsonObject metadata = object.getAsJsonObject("metadata");
    JsonObject preconditions = options.getAsJsonObject("preconditions");
    for (String key : List.of("uid", "resourceVersion")) {
      if (!preconditions.get(key).equals(metadata.get(key))) {
        return answer(409, status("Conflict", path));
      }
    }
    deletions.add(path + " " + options);
    if (keepsPods && path.contains("/pods/")) {
      metadata.addProperty("deletionTimestamp", "2026-01-01T00:00:00Z");
      touch(metadata);
    } else {
      objects.remove(path);
    }
    return answer(200, new JsonObject());
  }

  private static Answer answer(int status, JsonObject body) {
    return new Answer(status, body.toString());
  }

  private static Answer missing(String path) {
    return answer(404, status("NotFound", path));
  }

  private static JsonObject status(String reason, String path) {
    JsonObject details = new JsonObject();
    details.addProperty("name", path.substring(path.lastIndexOf('/') + 1));
    JsonObject status = new JsonObject();
    status.addProperty("kind", "Status");
    status.addProperty("reason", reason);
    status.addProperty("message", reason + " " + path);
    status.add("details", details);
    return status;
  }
}
