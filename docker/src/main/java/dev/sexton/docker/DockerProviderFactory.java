package dev.sexton.docker;

import dev.sexton.docker.internal.discovery.Engine;
import dev.sexton.docker.internal.discovery.EngineDiscovery;
import dev.sexton.docker.internal.engine.EngineProvider;
import dev.sexton.docker.internal.engine.Limits;
import dev.sexton.spi.ResourceProvider;
import dev.sexton.spi.ResourceProviderFactory;
import dev.sexton.spi.UnusableProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Discovers this machine's container engines, Docker and Podman. [java.util.ServiceLoader] creates
/// it, so no other code needs to. Stateless, and safe for use by multiple threads.
public final class DockerProviderFactory implements ResourceProviderFactory {
  /// Creates the factory, for [java.util.ServiceLoader].
  public DockerProviderFactory() {}

  /// Returns the engine that the docker command would use, as set by `DOCKER_HOST`,
  /// `DOCKER_CONTEXT` or the current context of `config.json`. If none of these is set, returns one
  /// provider for every usual socket of Docker and Podman that exists. For an engine with an
  /// unsupported or invalid configuration, returns a provider whose every call reports that.
  /// Connects to nothing.
  @Override
  public List<ResourceProvider> discover(Map<String, String> environment) {
    List<ResourceProvider> providers = new ArrayList<>();
    for (Engine engine : new EngineDiscovery(environment).discover()) {
      if (engine instanceof Engine.Usable usable) {
        providers.add(new EngineProvider(usable.name(), usable.address(), Limits.DEFAULT));
      } else if (engine instanceof Engine.Unusable unusable) {
        providers.add(
            new UnusableProvider(
                unusable.name(), unusable.name() + " cannot be used: " + unusable.problem()));
      }
    }
    return List.copyOf(providers);
  }
}
