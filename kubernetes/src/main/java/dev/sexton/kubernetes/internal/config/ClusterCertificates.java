package dev.sexton.kubernetes.internal.config;

import dev.sexton.internal.http.Pem;
import dev.sexton.internal.http.TlsMaterial;
import java.io.IOException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The certificates for one cluster.
///
/// @param source where they come from, such as `cluster "dev" in /home/me/.kube/config`
/// @param authorities the authorities that may have issued the cluster's certificate; null for
///   those that the Java runtime trusts
/// @param name the name that the cluster's certificate must have; null for the address's host
/// @param credentials have the client's certificate, if any
record ClusterCertificates(
    String source, Pem.@Nullable Source authorities, @Nullable String name, Credentials credentials)
    implements TlsMaterial {
  @Override
  public SSLContext context() throws IOException {
    return Pem.context(authorities, credentials.identity());
  }

  @Override
  public String serverName(String host) {
    return name == null ? host : name;
  }

  @Override
  public String authority() {
    return authorities == null
        ? "an authority that Java trusts; set certificate-authority of the " + source
        : "the authority in " + authorities.name() + "; correct the " + source;
  }

  @Override
  public String checkOwn() {
    return "check " + credentials.source();
  }

  @Override
  public String checkAll() {
    return "check the certificates of the " + source + " and " + credentials.source();
  }

  @Override
  public String plain() {
    return "use http:// as the server of the " + source;
  }
}
