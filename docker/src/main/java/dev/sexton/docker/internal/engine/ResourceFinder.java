package dev.sexton.docker.internal.engine;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.ResourceKind;
import dev.sexton.internal.http.HttpDate;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.PercentEncoding;
import dev.sexton.internal.http.Text;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Lists labelled resources in the order of removal: containers, then networks, then volumes.
final class ResourceFinder {
  /// The number of characters of an ID that the docker command shows.
  private static final int SHORT_ID_CHARS = 12;

  private final EngineClient client;

  ResourceFinder(EngineClient client) {
    this.client = client;
  }

  List<LabelledResource> find(Set<String> labelKeys) throws IOException {
    String filter = filter(labelKeys);
    List<LabelledResource> found = new ArrayList<>();

    String request = "/containers/json?all=1" + (filter.isEmpty() ? "" : "&" + filter);
    add(ResourceKind.CONTAINER, request, labelKeys, found);
    request = "/networks" + (filter.isEmpty() ? "" : "?" + filter);
    add(ResourceKind.NETWORK, request, labelKeys, found);
    request = "/volumes" + (filter.isEmpty() ? "" : "?" + filter);
    add(ResourceKind.VOLUME, request, labelKeys, found);
    return List.copyOf(found);
  }

  /// Returns the filter. Several labels in one filter are combined by "and", so several keys have
  /// none.
  private static String filter(Set<String> labelKeys) {
    if (labelKeys.size() != 1) {
      return "";
    }
    String key = labelKeys.iterator().next();
    if (key.indexOf('=') >= 0) {
      return ""; // The engine would take what follows as the value.
    }
    JsonArray keys = new JsonArray();
    keys.add(key);
    JsonObject filters = new JsonObject();
    filters.add("label", keys);
    return "filters=" + PercentEncoding.encode(filters.toString());
  }

  private void add(
      ResourceKind kind, String request, Set<String> labelKeys, List<LabelledResource> found)
      throws IOException {
    HttpResponse response = client.get(request);
    if (!response.isSuccess()) {
      throw client.refusal("GET " + request, response);
    }
    try {
      JsonArray list =
          kind == ResourceKind.VOLUME
              ? Json.array(Json.object(response.text()), "Volumes")
              : Json.array(response.text());
      for (JsonElement element : list) {
        if (!(element instanceof JsonObject entry)) {
          throw new IOException("an entry is not an object");
        }
        Map<String, String> labels = Json.strings(entry, "Labels");
        // The labels are checked again, because engines differ in how they filter.
        if (!Collections.disjoint(labels.keySet(), labelKeys)) {
          found.add(resource(kind, entry, labels, response));
        }
      }
    } catch (IOException e) {
      throw client.nonsense("GET " + request, e);
    }
  }

  private static LabelledResource resource(
      ResourceKind kind, JsonObject entry, Map<String, String> labels, HttpResponse list)
      throws IOException {
    String id = Json.string(entry, kind == ResourceKind.VOLUME ? "Name" : "Id");
    if (id.isEmpty()) {
      throw new IOException("a labelled " + kind.word() + " has no ID: " + labels);
    }
    String name =
        kind == ResourceKind.CONTAINER ? containerName(entry) : Json.string(entry, "Name");
    if (name.isEmpty()) {
      name = id.length() > SHORT_ID_CHARS ? id.substring(0, SHORT_ID_CHARS) : id;
    }
    if (kind != ResourceKind.CONTAINER) {
      return new LabelledResource(kind, id, Text.forPerson(name), labels, "");
    }
    return new LabelledResource(
        kind,
        id,
        Text.forPerson(name),
        labels,
        new LabelledResource.Details(
            Text.forPerson(Json.string(entry, "State")),
            Json.string(entry, "ImageID"),
            age(entry, list)));
  }

  /// Returns the age of a container by the engine's own clock, which may differ from ours, or null
  /// if the engine does not report it.
  private static @Nullable Duration age(JsonObject container, HttpResponse list)
      throws IOException {
    Long now = HttpDate.seconds(list.header("Date"));
    String created = Json.string(container, "Created"); // In seconds since 1970.
    if (now == null || created.isEmpty()) {
      return null;
    }
    try {
      return Duration.ofSeconds(Math.subtractExact(now, Long.parseLong(created)));
    } catch (NumberFormatException | ArithmeticException unreadable) {
      return null;
    }
  }

  /// Returns the container's own name. A name with another slash is a link from another container.
  private static String containerName(JsonObject entry) throws IOException {
    for (JsonElement element : Json.array(entry, "Names")) {
      if (element.isJsonPrimitive()) {
        String name = element.getAsString();
        if (name.lastIndexOf('/') <= 0) {
          return name.startsWith("/") ? name.substring(1) : name;
        }
      }
    }
    return "";
  }
}
