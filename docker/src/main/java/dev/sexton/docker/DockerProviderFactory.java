package dev.sexton.docker;

import dev.sexton.docker.internal.discovery.Engine;
import dev.sexton.docker.internal.discovery.EngineDiscovery;
import dev.sexton.docker.internal.engine.EngineProvider;
import dev.sexton.docker.internal.engine.Limits;
import dev.sexton.docker.internal.engine.UnusableProvider;
import dev.sexton.spi.ResourceProvider;
import dev.sexton.spi.ResourceProviderFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds this machine's container engines, Docker and Podman. {@link java.util.ServiceLoader} makes
 * it; nobody else has to. Stateless, and safe for use by several threads.
 */
public final class DockerProviderFactory implements ResourceProviderFactory {
  /** For {@link java.util.ServiceLoader}. */
  public DockerProviderFactory() {}

  /**
   * The engine that the docker command would talk to: {@code DOCKER_HOST}, {@code DOCKER_CONTEXT},
   * the current context of {@code config.json}. If none of these is set, one provider for every
   * usual socket of Docker and Podman that exists. An engine that is configured in a way that is
   * not supported (ssh, TLS) is a provider whose every call says so. Connects to nothing.
   */
  @Override
  public List<ResourceProvider> discover(Map<String, String> environment) {
    List<ResourceProvider> providers = new ArrayList<>();
    for (Engine engine : new EngineDiscovery(environment).discover()) {
      if (engine instanceof Engine.Usable usable) {
        providers.add(new EngineProvider(usable.name(), usable.address(), Limits.DEFAULT));
      } else if (engine instanceof Engine.Unusable unusable) {
        providers.add(new UnusableProvider(unusable.name(), unusable.problem()));
      }
    }
    return List.copyOf(providers);
  }
}
