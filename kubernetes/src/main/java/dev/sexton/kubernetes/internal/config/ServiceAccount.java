package dev.sexton.kubernetes.internal.config;

import dev.sexton.internal.http.Address;
import dev.sexton.internal.http.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The service account of the pod in which this process runs.
final class ServiceAccount {
  /// Where a kubelet puts the token and the authority.
  private static final Path DIRECTORY = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private ServiceAccount() {}

  static ClusterAccess access(Map<String, String> environment) throws IOException {
    return access(environment, DIRECTORY);
  }

  /// Uses another directory.
  static ClusterAccess access(Map<String, String> environment, Path directory) throws IOException {
    String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "");
    Path token = directory.resolve("token");
    if (host.isEmpty() || port.isEmpty() || !Files.exists(token)) {
      throw new IOException(
          "this process is not in a pod with a service account (KUBERNETES_SERVICE_HOST, "
              + token
              + "); name a context of the kubeconfig in "
              + Place.VARIABLE);
    }
    Credentials credentials =
        new StoredCredentials("the service account in " + directory, null, token, null);
    return new ClusterAccess(
        new Address.Tls(
            ServerUrl.endpoint(host, port),
            new ClusterCertificates(
                "service account in " + directory,
                Pem.Source.of(directory.resolve("ca.crt")),
                null,
                credentials)),
        "",
        credentials);
  }
}
