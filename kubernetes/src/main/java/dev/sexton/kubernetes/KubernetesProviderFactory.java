package dev.sexton.kubernetes;

import dev.sexton.kubernetes.internal.api.Limits;
import dev.sexton.kubernetes.internal.api.NamespaceProvider;
import dev.sexton.kubernetes.internal.config.Place;
import dev.sexton.spi.ResourceProvider;
import dev.sexton.spi.ResourceProviderFactory;
import dev.sexton.spi.UnusableProvider;
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
    // Before any other class of this module is loaded (the constant is inlined): most environments
    // do not have it.
    if (environment.getOrDefault(Place.VARIABLE, "").isEmpty()) {
      return List.of();
    }
    Place.All all = Place.in(environment);
    List<ResourceProvider> providers = new ArrayList<>();
    for (Place place : all.places()) {
      providers.add(new NamespaceProvider(place, environment, Limits.DEFAULT));
    }
    all.invalid().forEach(text -> providers.add(invalid(text)));
    return List.copyOf(providers);
  }

  private static ResourceProvider invalid(String text) {
    return new UnusableProvider(
        "Kubernetes at " + text,
        "\"" + text + "\" in " + Place.VARIABLE + " is not CONTEXT/NAMESPACE; correct it");
  }
}
