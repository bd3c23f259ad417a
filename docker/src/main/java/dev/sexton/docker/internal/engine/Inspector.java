package dev.sexton.docker.internal.engine;

import com.google.gson.JsonObject;
import dev.sexton.ResourceKind;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.Json;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Checks whether a resource still exists and is still the same. A volume has no other ID than its
/// name, and Podman derives a network's ID from its name. Another user can recreate both between
/// the list and the removal. If an ID no longer exists, an engine also looks for a name that reads
/// the same.
final class Inspector {
  private final EngineClient client;

  Inspector(EngineClient client) {
    this.client = client;
  }

  /// Returns the engine's description of the resource, or null if the resource is gone or another
  /// one took its name.
  @Nullable JsonObject look(LabelledResource resource) throws IOException {
    ResourceKind kind = resource.kind();
    String path = ResourcePath.of(resource) + (kind == ResourceKind.CONTAINER ? "/json" : "");
    HttpResponse response = client.get(path);
    if (EngineClient.isNotFound(response)) {
      return null;
    }
    if (!response.isSuccess()) {
      throw client.refusal("GET " + path, response);
    }
    try {
      JsonObject description = Json.object(response.text());
      String id = Json.string(description, kind == ResourceKind.VOLUME ? "Name" : "Id");
      if (!id.equals(resource.id())) {
        throw new IOException("it describes \"" + id + "\", which was left alone");
      }
      return kind == ResourceKind.CONTAINER || isSame(description, resource) ? description : null;
    } catch (IOException e) {
      throw client.nonsense("GET " + path, e);
    }
  }

  /// Returns whether the listed labels are still present. Further labels are harmless, and engines
  /// differ in which labels they add themselves.
  private static boolean isSame(JsonObject description, LabelledResource resource)
      throws IOException {
    Map<String, String> labels = Json.strings(description, "Labels");
    return labels.entrySet().containsAll(resource.labels().entrySet());
  }
}
