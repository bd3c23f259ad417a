package dev.sexton.kubernetes;

import dev.sexton.kubernetes.internal.api.InvalidPlace;
import dev.sexton.kubernetes.internal.api.Limits;
import dev.sexton.kubernetes.internal.api.NamespaceProvider;
import dev.sexton.kubernetes.internal.config.Place;
import dev.sexton.spi.ResourceProvider;
import dev.sexton.spi.ResourceProviderFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Finds the namespaces of Kubernetes that `SEXTON_KUBERNETES` names. [java.util.ServiceLoader]
/// creates it, so no other code needs to. Stateless, and safe for use by multiple threads.
public final class KubernetesProviderFactory implements ResourceProviderFactory {
  /// Creates the factory, for [java.util.ServiceLoader].
  public KubernetesProviderFactory() {}

  /// Returns one provider for each namespace that the variable names, and for each part of it that
  /// cannot be understood one whose every call reports that. Reads no file and connects to nothing.
  /// Without the variable, returns nothing.
  @Override
  public List<ResourceProvider> discover(Map<String, String> environment) {
    // Before any other class of this module is loaded: most environments do not have it.
    if (environment.getOrDefault("SEXTON_KUBERNETES", "").isEmpty()) {
      return List.of();
    }
    Place.All all = Place.in(environment);
    List<ResourceProvider> providers = new ArrayList<>();
    for (Place place : all.places()) {
      providers.add(new NamespaceProvider(place, environment, Limits.DEFAULT));
    }
    all.invalid().forEach(text -> providers.add(new InvalidPlace(text)));
    return List.copyOf(providers);
  }
}
