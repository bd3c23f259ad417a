package dev.sexton.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// The installed [ResourceProviderFactory] objects. Safe for use by multiple threads.
public final class ResourceProviders {
  private static volatile @Nullable List<ResourceProviderFactory> installed;

  private ResourceProviders() {}

  /// Sets the available factories, for a program that knows them. By default they are found by
  /// [ServiceLoader]. That search opens the jars of the class path, which takes a twelfth of the
  /// time of a short command.
  ///
  /// @param factories all factories to use; empty if no engine is to be asked
  public static void install(List<ResourceProviderFactory> factories) {
    installed = List.copyOf(factories);
  }

  /// Discovers the engines that an environment leads to, with all factories. The caller closes
  /// them.
  ///
  /// @param environment the environment variables that locate engines
  /// @return one provider for each engine, connecting in the background; empty if there is none
  public static List<ResourceProvider> discover(Map<String, String> environment) {
    List<ResourceProvider> providers = find(environment);
    providers.forEach(ResourceProvider::prepare); // Callers look for engines only to query them.
    return providers;
  }

  /// Does the same for a caller that will not query all of them. Connects to nothing.
  ///
  /// @param environment the environment variables that locate engines
  /// @return one provider for each engine; empty if there is none
  public static List<ResourceProvider> find(Map<String, String> environment) {
    Iterable<ResourceProviderFactory> factories = installed;
    if (factories == null) {
      factories = ServiceLoader.load(ResourceProviderFactory.class);
    }
    List<ResourceProvider> providers = new ArrayList<>();
    for (ResourceProviderFactory factory : factories) {
      providers.addAll(factory.discover(environment));
    }
    return providers;
  }
}
