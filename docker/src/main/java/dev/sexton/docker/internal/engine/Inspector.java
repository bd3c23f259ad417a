package dev.sexton.docker.internal.engine;

import com.google.gson.JsonObject;
import dev.sexton.ResourceKind;
import dev.sexton.docker.internal.http.HttpResponse;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether a resource is still there, and still the same one. A volume has no other id than
 * its name, Podman derives a network's from it, and both can be made anew by a stranger between the
 * list and the removal; and where an id is gone, an engine goes on to look for a name that reads
 * the same.
 */
final class Inspector {
  private final EngineClient client;

  Inspector(EngineClient client) {
    this.client = client;
  }

  /** The engine's description of the resource; null if it is gone or another took its name. */
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

  /** Further labels do no harm, and engines differ in what they add themselves. */
  private static boolean isSame(JsonObject description, LabelledResource resource)
      throws IOException {
    Map<String, String> labels = Json.strings(description, "Labels");
    return labels.entrySet().containsAll(resource.labels().entrySet());
  }
}
