package dev.sexton.docker.internal.engine;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.sexton.testsupport.FakeEngine.Request;
import dev.sexton.testsupport.FaultyServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/// The parts of an engine that the provider uses.
///
/// It has a container, a network and a volume of ours, the same of a stranger, and a fault at the
/// call that a test chooses.
@NullMarked
final class SimulatedEngine extends FaultyServer {
  static final String OURS = "aaaaaaaaaaaaaaaaaaaa";
  static final String STRANGERS = "bbbbbbbbbbbbbbbbbbbb";
  static final String KEY = "app-server-instance";
  static final String IMAGE =
      "sha256:c0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0de";

  /// Paths such as `/containers/aaaa`, and whether each one runs.
  private final Map<String, Boolean> resources = new LinkedHashMap<>();

  private final List<String> changes = new ArrayList<>();

  SimulatedEngine() {
    this(-1, false, null);
  }

  /// Creates an engine with one fault.
  ///
  /// @param faultyCall the index of the call, from 0
  /// @param faultBeforeEffect whether the call has no effect
  SimulatedEngine(int faultyCall, boolean faultBeforeEffect, @Nullable Fault fault) {
    super(faultyCall, faultBeforeEffect, fault);
    for (String id : List.of(OURS, STRANGERS)) {
      resources.put("/containers/" + id, true);
      resources.put("/networks/" + id, false);
      resources.put("/volumes/" + id, false);
    }
  }

  synchronized boolean runs(String path) {
    return resources.getOrDefault(path, false);
  }

  synchronized boolean exists(String path) {
    return resources.containsKey(path);
  }

  /// Returns every request that was not a query.
  synchronized List<String> changes() {
    return List.copyOf(changes);
  }

  @Override
  protected synchronized Answer answer(Request request) {
    String path = request.path();
    int query = path.indexOf('?');
    String plain = query < 0 ? path : path.substring(0, query);
    if (!request.method().equals("GET")) {
      changes.add(request.method() + " " + path);
    }
    return switch (request.method()) {
      case "GET" -> get(plain);
      case "POST" -> end(plain.substring(0, plain.lastIndexOf('/')));
      default ->
          resources.remove(plain) == null
              ? new Answer(404, "{\"message\":\"no such thing\"}")
              : new Answer(204, "");
    };
  }

  private Answer end(String path) {
    Boolean ran = resources.computeIfPresent(path, (key, running) -> false);
    return new Answer(ran == null ? 404 : 204, "{}");
  }

  private Answer get(String path) {
    return switch (path) {
      case "/_ping" -> new Answer(200, "OK");
      case "/containers/json" -> new Answer(200, list("/containers/").toString());
      case "/networks" -> new Answer(200, list("/networks/").toString());
      case "/volumes" -> {
        JsonObject volumes = new JsonObject();
        volumes.add("Volumes", list("/volumes/"));
        yield new Answer(200, volumes.toString());
      }
      case "/images/" + IMAGE + "/json" -> new Answer(200, image().toString());
      default -> {
        String resource =
            path.startsWith("/containers/") ? path.substring(0, path.length() - 5) : path;
        yield resources.containsKey(resource)
            ? new Answer(200, describe(resource).toString())
            : new Answer(404, "{\"message\":\"no such thing\"}");
      }
    };
  }

  private static JsonObject image() {
    JsonObject labels = new JsonObject();
    labels.addProperty("from", "image");
    JsonObject config = new JsonObject();
    config.add("Labels", labels);
    JsonObject image = new JsonObject();
    image.addProperty("Id", IMAGE);
    image.add("Config", config);
    return image;
  }

  private JsonArray list(String prefix) {
    JsonArray list = new JsonArray();
    for (String path : resources.keySet()) {
      if (path.startsWith(prefix)) {
        JsonObject entry = describe(path);
        entry.addProperty("State", "running"); // an object only in an inspection
        entry.addProperty("ImageID", IMAGE);
        list.add(entry);
      }
    }
    return list;
  }

  private JsonObject describe(String path) {
    String id = path.substring(path.lastIndexOf('/') + 1);
    JsonObject labels = new JsonObject();
    labels.addProperty(id.equals(OURS) ? KEY : "other", "x");
    JsonObject state = new JsonObject();
    state.addProperty("Running", runs(path));
    JsonObject description = new JsonObject();
    description.addProperty("Id", id);
    description.addProperty("Name", id);
    description.add("Labels", labels);
    description.add("State", state);
    return description;
  }
}
