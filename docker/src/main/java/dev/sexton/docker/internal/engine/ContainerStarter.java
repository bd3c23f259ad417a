package dev.sexton.docker.internal.engine;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.ResourceKind;
import dev.sexton.docker.ContainerSession;
import dev.sexton.docker.ContainerSpec;
import dev.sexton.internal.http.Address;
import dev.sexton.internal.http.HttpClient;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.OpenStreams;
import dev.sexton.internal.http.PercentEncoding;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Creates and starts containers on one engine. Safe for use by multiple threads.
public final class ContainerStarter implements AutoCloseable {
  /// The version of Docker 1.13 (2017). Older engines silently ignore mounts and init.
  private static final ApiVersion OLDEST = new ApiVersion(1, 25);

  private final EngineClient client;
  private final Inspector inspector;
  private final ResourceRemover remover;
  private final OpenStreams pulls = new OpenStreams();

  private ContainerStarter(EngineClient client) {
    this.client = client;
    this.inspector = new Inspector(client);
    this.remover = new ResourceRemover(client, inspector);
  }

  /// Connects to an engine and checks that it answers.
  ///
  /// @param name the human-readable name with the address
  /// @param address where the engine listens
  /// @param limits the time limits
  /// @throws IOException if the engine does not answer or is too old
  public static ContainerStarter connect(String name, Address address, Limits limits)
      throws IOException {
    EngineClient client = new EngineClient(name, new HttpClient(name, address), limits);
    if (client.agreed().isOlderThan(OLDEST)) {
      throw client.refusal("it is too old to start containers; update it to Docker 1.13 or newer");
    }
    return new ContainerStarter(client);
  }

  /// Does the same as [dev.sexton.docker.ContainerEngine#start].
  public ContainerSession start(ContainerSpec spec, Consumer<String> progress) throws IOException {
    LabelledResource container = create(spec, progress);
    try {
      HttpResponse response =
          client.call("POST", ResourcePath.of(container) + "/start", client.limits().start());
      if (!response.isSuccess() && response.status() != 304) {
        throw client.refusal("the start of a container from " + spec.image(), response);
      }
      return new RunningContainer(client, container, ports(container));
    } catch (IOException | RuntimeException e) {
      removeAfter(e, container);
      throw e;
    }
  }

  /// Aborts pulls in progress.
  @Override
  public void close() {
    pulls.close();
  }

  private LabelledResource create(ContainerSpec spec, Consumer<String> progress)
      throws IOException {
    HttpResponse info = client.get("/info");
    if (!info.isSuccess()) {
      throw client.refusal("GET /info", info);
    }
    String body;
    try {
      body = CreateRequest.of(spec, Json.object(info.text()));
    } catch (IOException e) {
      throw client.nonsense("GET /info", e);
    }
    String path =
        "/containers/create"
            + (spec.name().isEmpty() ? "" : "?name=" + PercentEncoding.encode(spec.name()));
    HttpResponse response = client.call("POST", path, body, client.limits().start());
    if (EngineClient.isNotFound(response) && spec.pull()) {
      new ImagePuller(client, pulls).pull(ImageReference.parse(spec.image()), progress);
      response = client.call("POST", path, body, client.limits().start());
    }
    if (!response.isSuccess()) {
      throw notCreated(spec, response);
    }
    try {
      String id = Json.string(Json.object(response.text()), "Id");
      LabelledResource container =
          new LabelledResource(ResourceKind.CONTAINER, id, spec.name(), spec.labels(), "");
      ResourcePath.of(container); // This rejects an invalid ID.
      return container;
    } catch (IOException e) {
      throw client.nonsense("POST " + path, e);
    }
  }

  private IOException notCreated(ContainerSpec spec, HttpResponse response) {
    if (EngineClient.isNotFound(response)) {
      return client.refusal(
          "there is no image "
              + spec.image()
              + "; pull it or name another (the engine says: "
              + EngineClient.message(response)
              + ")");
    }
    if (response.status() == 409 && !spec.name().isEmpty()) {
      return client.refusal(
          "the name "
              + spec.name()
              + " is in use; choose another (the engine says: "
              + EngineClient.message(response)
              + ")");
    }
    return client.refusal("the creation of a container from " + spec.image(), response);
  }

  /// Removes the container even if the thread was interrupted. The interrupt status is cleared for
  /// the calls and restored afterwards.
  private void removeAfter(Exception failure, LabelledResource container) {
    boolean interrupted = Thread.interrupted();
    try {
      remover.remove(container);
    } catch (IOException e) {
      failure.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Map<Integer, Integer> ports(LabelledResource container) throws IOException {
    JsonObject description = inspector.look(container);
    Map<Integer, Integer> ports = new TreeMap<>();
    if (description == null) {
      return ports; // The container was already removed.
    }
    try {
      JsonObject all = Json.object(Json.object(description, "NetworkSettings"), "Ports");
      for (String key : all.keySet()) {
        // The key is like 80/tcp. The bindings are empty if it is not bound.
        JsonArray bindings = Json.array(all, key);
        if (key.endsWith("/tcp") && !bindings.isEmpty()) {
          ports.put(number(key.substring(0, key.length() - 4)), hostPort(bindings.get(0)));
        }
      }
      return ports;
    } catch (IOException e) {
      throw client.nonsense("GET " + ResourcePath.of(container) + "/json", e);
    }
  }

  private static int hostPort(JsonElement binding) throws IOException {
    if (binding instanceof JsonObject object) {
      return number(Json.string(object, "HostPort"));
    }
    throw new IOException("a port's binding is not an object");
  }

  private static int number(String text) throws IOException {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IOException("not a port: \"" + text + "\"", e);
    }
  }
}
