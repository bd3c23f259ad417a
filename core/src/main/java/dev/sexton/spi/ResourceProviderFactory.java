package dev.sexton.spi;

import java.util.List;
import java.util.Map;

/// Discovers the providers of one kind on this machine. Implementations are loaded with
/// [java.util.ServiceLoader].
public interface ResourceProviderFactory {
  /// Returns the providers that are configured or present, whether or not they answer. Examines
  /// only the environment and the file system, is fast, and never fails.
  ///
  /// @param environment the environment variables to use
  /// @return one provider for each engine; empty if there is none
  List<ResourceProvider> discover(Map<String, String> environment);
}
