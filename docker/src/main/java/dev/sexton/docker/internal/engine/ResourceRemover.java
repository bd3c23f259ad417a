package dev.sexton.docker.internal.engine;

import com.google.gson.JsonObject;
import dev.sexton.ResourceKind;
import dev.sexton.internal.http.Backoff;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.Text;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Removes a resource and verifies that it is gone. "Not found" and "already in progress" are not
/// errors: another sweep, or the engine itself (`--rm`), is removing it.
final class ResourceRemover {
  private final EngineClient client;
  private final Inspector inspector;

  ResourceRemover(EngineClient client, Inspector inspector) {
    this.client = client;
    this.inspector = inspector;
  }

  void remove(LabelledResource resource) throws IOException {
    long deadline = System.nanoTime() + client.limits().busy().toNanos();
    Backoff pause = new Backoff();
    JsonObject description;
    while ((description = inspector.look(resource)) != null) {
      RefusedException refusal =
          isUsed(resource, description) ? used(resource, description) : delete(resource);
      if (refusal == null && inspector.look(resource) == null) {
        return;
      }
      if (System.nanoTime() - deadline >= 0) {
        throw refusal != null
            ? refusal
            : new IOException(
                "the "
                    + resource.kind().word()
                    + " "
                    + resource.id()
                    + " was removed but still exists");
      }
      pause.sleep();
    }
  }

  /// Returns whether running containers are on a network. Docker then refuses to remove it. Podman
  /// 4.3 does not refuse if the network is named by its ID, and removes it from under another
  /// user's container.
  private static boolean isUsed(LabelledResource resource, JsonObject description)
      throws IOException {
    return resource.kind() == ResourceKind.NETWORK
        && !Json.object(description, "Containers").isEmpty();
  }

  private RefusedException used(LabelledResource network, JsonObject description)
      throws IOException {
    return client.refusal(
        "the network "
            + network.name()
            + " was not removed, because containers are connected to it: "
            + Text.forPerson(String.join(", ", Json.object(description, "Containers").keySet())));
  }

  /// Returns null if the engine removed the resource, or had already removed it.
  ///
  /// @throws RefusedException if a retry is useless
  private @Nullable RefusedException delete(LabelledResource resource) throws IOException {
    String path = ResourcePath.of(resource);
    if (resource.kind() == ResourceKind.CONTAINER) {
      path += "?force=1&v=1";
    }
    // Volumes are removed without force. It does not help if they are in use, and it has other
    // meanings in other engines.
    HttpResponse response = client.call("DELETE", path, client.limits().delete());
    int status = response.status();
    if (response.isSuccess() || status == 404) {
      return null;
    }
    RefusedException refusal = client.refusal("DELETE " + path, response);
    // 403: a network with endpoints; 409: in use, or being removed; 500: Podman's status for both.
    if (status == 403 || status == 409 || status >= 500) {
      return refusal;
    }
    throw refusal;
  }
}
