package dev.sexton.docker.internal.engine;

import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.docker.internal.http.Address;
import dev.sexton.docker.internal.http.HttpClient;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The containers, networks and volumes of one engine. Holds no connection and no thread. */
public final class EngineProvider implements ResourceProvider {
  private final String name;
  private final Finder finder;
  private final ContainerStopper stopper;
  private final Remover remover;

  /**
   * Does not connect.
   *
   * @param name what a person calls it, with its address
   * @param address where it listens
   * @param limits how long things may take
   */
  public EngineProvider(String name, Address address, Limits limits) {
    this.name = name;
    EngineClient client = new EngineClient(name, new HttpClient(name, address), limits);
    Inspector inspector = new Inspector(client);
    this.finder = new Finder(client);
    this.stopper = new ContainerStopper(client, inspector);
    this.remover = new Remover(client, inspector);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<LabelledResource> find(Set<String> labelKeys) throws IOException {
    if (labelKeys.isEmpty()) {
      throw new IllegalArgumentException("no label keys to look for");
    }
    return finder.find(labelKeys);
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
}
