package dev.sexton.docker.internal.engine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.internal.http.Address;
import dev.sexton.internal.http.HttpClient;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.Text;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The containers, networks and volumes of one engine. Holds no connection, and no thread except
/// briefly after [#prepare]; for an engine behind ssh it holds some until it is closed.
public final class EngineProvider implements ResourceProvider {
  private final String name;
  private final EngineClient client;
  private final ResourceFinder finder;
  private final ImageLabels images;
  private final ContainerStopper stopper;
  private final ResourceRemover remover;

  /// Creates the provider. Does not connect.
  ///
  /// @param name the human-readable name with the address
  /// @param address where the engine listens
  /// @param limits the time limits
  public EngineProvider(String name, Address address, Limits limits) {
    this.name = name;
    this.client = new EngineClient(name, new HttpClient(name, address), limits);
    Inspector inspector = new Inspector(client);
    this.finder = new ResourceFinder(client);
    this.images = new ImageLabels(client);
    this.stopper = new ContainerStopper(client, inspector);
    this.remover = new ResourceRemover(client, inspector);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void prepare() {
    client.prepare();
  }

  @Override
  public String version() throws IOException {
    String request = "/version";
    HttpResponse answer = client.get(request);
    if (!answer.isSuccess()) {
      throw client.refusal("GET " + request, answer);
    }
    try {
      JsonObject version = Json.object(answer.text());
      String product = "Engine";
      for (JsonElement component : Json.array(version, "Components")) {
        if (component instanceof JsonObject one) {
          product = Json.string(one, "Name"); // The engine itself comes first.
          break;
        }
      }
      return Text.forPerson(
          product
              + " "
              + Json.string(version, "Version")
              + ", API "
              + Json.string(version, "ApiVersion"));
    } catch (IOException e) {
      throw client.nonsense("GET " + request, e);
    }
  }

  @Override
  public List<LabelledResource> find(Set<String> labelKeys) throws IOException {
    if (labelKeys.isEmpty()) {
      throw new IllegalArgumentException("no label keys to look for");
    }
    images.askAgain();
    return finder.find(labelKeys);
  }

  @Override
  public @Nullable Map<String, String> imageLabels(LabelledResource resource) throws IOException {
    // Networks and volumes have no image.
    return resource.kind() == ResourceKind.CONTAINER
        ? images.of(resource.details().image())
        : Map.of();
  }

  @Override
  public Outcome stop(LabelledResource resource, Duration grace) throws IOException {
    // Networks and volumes do not run.
    return resource.kind() == ResourceKind.CONTAINER ? stopper.stop(resource, grace) : Outcome.GONE;
  }

  @Override
  public void remove(LabelledResource resource) throws IOException {
    remover.remove(resource);
  }

  @Override
  public void close() {
    client.close();
  }
}
