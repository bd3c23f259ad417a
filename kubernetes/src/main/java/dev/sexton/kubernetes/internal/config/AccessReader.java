package dev.sexton.kubernetes.internal.config;

import java.io.IOException;
import java.util.Map;

/// Reads how to reach the cluster of a place.
public final class AccessReader {
  private AccessReader() {}

  /// Reads the kubeconfig or the service account that leads to a place. Connects to nothing and
  /// starts nothing.
  ///
  /// @throws IOException if that is impossible; the message says why, and what to do
  public static ClusterAccess read(Place place, Map<String, String> environment)
      throws IOException {
    return place.context().equals(Place.IN_CLUSTER)
        ? ServiceAccount.access(environment)
        : Kubeconfig.read(environment).access(place.context(), environment);
  }
}
