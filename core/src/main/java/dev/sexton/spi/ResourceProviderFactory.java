package dev.sexton.spi;

import java.util.List;
import java.util.Map;

/**
 * Finds the providers of one kind on this machine. Implementations are found with {@link
 * java.util.ServiceLoader}.
 */
public interface ResourceProviderFactory {
  /**
   * The providers that are configured or present, whether or not they answer. Looks only at the
   * environment and the file system, quickly, and never fails.
   *
   * @param environment the environment variables to go by
   * @return one provider for each engine; empty if there is none here
   */
  List<ResourceProvider> discover(Map<String, String> environment);
}
