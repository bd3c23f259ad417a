package dev.sexton.kubernetes.internal.api;

import com.google.gson.JsonObject;
import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.Text;
import dev.sexton.kubernetes.internal.config.AccessReader;
import dev.sexton.kubernetes.internal.config.Place;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The objects of one namespace. Nothing is read, and nobody is asked, before the first call. Holds
/// no connection and no thread.
public final class NamespaceProvider implements ResourceProvider {
  private final Place place;
  private final Map<String, String> environment;
  private final Limits limits;
  private @Nullable ApiClient client;

  /// Creates the provider.
  ///
  /// @param environment the variables that lead to the kubeconfig, and those of its plugins
  public NamespaceProvider(Place place, Map<String, String> environment, Limits limits) {
    this.place = place;
    this.environment = environment;
    this.limits = limits;
  }

  /// Creates the provider of a namespace whose cluster is known.
  NamespaceProvider(Place place, ApiClient client) {
    this(place, Map.of(), client.limits());
    this.client = client;
  }

  @Override
  public String name() {
    return place.name(environment);
  }

  @Override
  public String version() throws IOException {
    ApiClient cluster = client();
    JsonObject version = cluster.object("get the version", cluster.get("/version"));
    return "Kubernetes " + Text.forPerson(Json.string(version, "gitVersion"));
  }

  @Override
  public List<LabelledResource> find(Set<String> labelKeys) throws IOException {
    if (labelKeys.isEmpty()) {
      throw new IllegalArgumentException("no label keys to look for");
    }
    return new ObjectFinder(client(), place.namespace()).find(labelKeys);
  }

  @Override
  public Outcome stop(LabelledResource resource, Duration grace) throws IOException {
    return runs(resource.kind()) ? deleter().stop(resource, grace) : Outcome.GONE;
  }

  @Override
  public void remove(LabelledResource resource) throws IOException {
    deleter().remove(resource);
  }

  private static boolean runs(ResourceKind kind) {
    return kind == ResourceKind.POD || kind == ResourceKind.JOB;
  }

  private ObjectDeleter deleter() throws IOException {
    return new ObjectDeleter(client(), place.namespace());
  }

  /// Returns the client. A kubeconfig that could not be read is read again by the next call.
  private synchronized ApiClient client() throws IOException {
    ApiClient known = client;
    if (known == null) {
      try {
        known = new ApiClient(name(), AccessReader.read(place, environment), limits);
      } catch (IOException | RuntimeException unusable) {
        throw new IOException(name() + " cannot be asked: " + unusable.getMessage(), unusable);
      }
      client = known;
    }
    return known;
  }
}
