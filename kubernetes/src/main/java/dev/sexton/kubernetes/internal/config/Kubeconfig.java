package dev.sexton.kubernetes.internal.config;

import dev.sexton.internal.http.Address;
import dev.sexton.internal.http.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The configuration of kubectl. The current context is ignored: it is for people, who change it.
final class Kubeconfig {
  private final ConfigFiles files;

  private Kubeconfig(ConfigFiles files) {
    this.files = files;
  }

  /// Reads the files that `KUBECONFIG` lists, or `~/.kube/config`.
  static Kubeconfig read(Map<String, String> environment) throws IOException {
    return new Kubeconfig(ConfigFiles.read(environment));
  }

  /// Returns how to reach the cluster of a context.
  ///
  /// @param environment the environment of plugins that obtain credentials
  /// @throws IOException if it needs something that is missing or not supported
  ClusterAccess access(String context, Map<String, String> environment) throws IOException {
    ConfigEntry entry = files.find("contexts", "context", context);
    ConfigEntry cluster = files.find("clusters", "cluster", entry.require("cluster"));
    String user = entry.text("user");
    Credentials credentials =
        user == null
            ? Credentials.NONE
            : credentials(files.find("users", "user", user), cluster, environment);
    return new ClusterAccess(address(cluster, credentials), url(cluster).prefix(), credentials);
  }

  private static ServerUrl url(ConfigEntry cluster) throws IOException {
    try {
      return ServerUrl.parse(cluster.require("server"));
    } catch (IOException invalid) {
      throw cluster.problem(String.valueOf(invalid.getMessage()));
    }
  }

  private static Address address(ConfigEntry cluster, Credentials credentials) throws IOException {
    cluster.refuse("insecure-skip-tls-verify", "set certificate-authority instead");
    cluster.refuse("proxy-url", "use a context that reaches the cluster directly");
    ServerUrl url = url(cluster);
    if (url.encrypted()) {
      return new Address.Tls(
          url.endpoint(),
          new ClusterCertificates(
              cluster.source(),
              cluster.pem("certificate-authority"),
              cluster.text("tls-server-name"),
              credentials));
    }
    if (!credentials.equals(Credentials.NONE)) {
      throw cluster.problem("credentials are not sent over http; use https://");
    }
    return url.endpoint();
  }

  private static Credentials credentials(
      ConfigEntry user, ConfigEntry cluster, Map<String, String> environment) throws IOException {
    for (String key : List.of("username", "password", "auth-provider")) {
      user.refuse(key, "use a token, a certificate or an exec plugin");
    }
    for (String key : List.of("as", "as-uid", "as-groups", "as-user-extra")) {
      user.refuse(key, "use a user of its own instead of impersonation");
    }
    String token = user.text("token");
    Path tokenFile = user.file("tokenFile"); // Takes precedence over the token, as in kubectl.
    Pem.Identity identity = identity(user);
    if (user.content().has("exec") && user.content().get("exec").isJsonObject()) {
      if (token != null || tokenFile != null || identity != null) {
        throw user.problem("it has both exec and other credentials; remove one of them");
      }
      return ExecPlugin.of(user, cluster, environment);
    }
    return token == null && tokenFile == null && identity == null
        ? Credentials.NONE
        : new StoredCredentials("the " + user.source(), token, tokenFile, identity);
  }

  private static Pem.@Nullable Identity identity(ConfigEntry user) throws IOException {
    Pem.Source certificate = user.pem("client-certificate");
    Pem.Source key = user.pem("client-key");
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw user.problem("it needs both client-certificate and client-key");
    }
    return new Pem.Identity(certificate, key);
  }
}
