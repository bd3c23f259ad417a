package dev.sexton.docker.internal.discovery;

import dev.sexton.internal.http.Address;
import dev.sexton.internal.http.CertificateDirectory;
import dev.sexton.internal.http.SshDestination;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Parses an engine's address like the docker command (`opts/hosts.go` of docker/cli): a missing
/// scheme means tcp, and a missing address means the default one.
final class EngineHost {
  static final String DEFAULT_SOCKET = "/var/run/docker.sock";

  /// The port that IANA assigns to docker without TLS.
  private static final int DEFAULT_PORT = 2375;

  /// The port that IANA assigns to docker with TLS.
  private static final int TLS_PORT = 2376;

  private static final String ADVICE =
      "; set DOCKER_HOST to a unix:// socket, or to a tcp:// or ssh:// address";

  private final Map<String, String> environment;

  /// Uses these environment variables for programs that connect.
  EngineHost(Map<String, String> environment) {
    this.environment = environment;
  }

  /// Parses an address. Never fails.
  ///
  /// @param host an address such as `unix:///var/run/docker.sock`; not blank
  /// @param certificates the directory with the certificates for TLS; null for no TLS
  /// @param source where it was configured, such as `DOCKER_HOST`
  Engine parse(String host, @Nullable Path certificates, String source) {
    String text = host.strip();
    int separator = text.indexOf("://");
    String scheme = separator < 0 ? "tcp" : text.substring(0, separator);
    String rest = separator < 0 ? text : text.substring(separator + 3);
    try {
      return switch (scheme) {
        case "unix" -> unix(Path.of(rest.isEmpty() ? DEFAULT_SOCKET : rest));
        case "tcp" ->
            new Engine.Usable(
                "Docker at tcp://" + rest,
                certificates == null
                    ? tcp(rest, DEFAULT_PORT)
                    : new Address.Tls(tcp(rest, TLS_PORT), certificates(certificates)));
        case "ssh" -> ssh(SshDestination.parse(rest));
        default -> unusable(text, source, scheme + ":// is not supported" + ADVICE);
      };
    } catch (IllegalArgumentException e) {
      return unusable(withoutPassword(text), source, "not an engine address: " + e.getMessage());
    }
  }

  static Engine.Usable unix(Path socket) {
    String brand = socket.endsWith("podman.sock") ? "Podman" : "Docker";
    return new Engine.Usable(brand + " at unix://" + socket, new Address.Unix(socket));
  }

  private Engine.Usable ssh(SshDestination destination) {
    String brand = destination.socket().endsWith("/podman.sock") ? "Podman" : "Docker";
    return new Engine.Usable(
        brand + " at " + destination.text(), new Address.Ssh(destination, environment));
  }

  /// Returns the certificates that the docker command uses.
  static CertificateDirectory certificates(Path directory) {
    return new CertificateDirectory(directory, "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY");
  }

  private static String withoutPassword(String text) {
    return text.replaceFirst("(://[^/@]*?):.*@", "$1:***@");
  }

  static Engine unusable(String text, String source, String problem) {
    return new Engine.Unusable("Docker at " + text + " (" + source + ")", problem);
  }

  private static Address.Tcp tcp(String rest, int usualPort) {
    String authority = rest.indexOf('/') < 0 ? rest : rest.substring(0, rest.indexOf('/'));
    // The colon of the port comes after the bracket of an IPv6 address.
    int bracket = authority.lastIndexOf(']');
    int colon = authority.indexOf(':', Math.max(0, bracket));
    String host = colon < 0 ? authority : authority.substring(0, colon);
    String port = colon < 0 ? "" : authority.substring(colon + 1);
    if (host.startsWith("[") && bracket == host.length() - 1) {
      host = host.substring(1, bracket);
    }
    int number = port.isEmpty() ? usualPort : Integer.parseInt(port);
    if (number < 1 || number > 65_535) {
      throw new NumberFormatException("port " + number);
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      // The host goes into a header, where a line break would start another header.
      if (c <= ' ' || c >= 127) {
        throw new NumberFormatException("host name " + host);
      }
    }
    return new Address.Tcp(host.isEmpty() ? "localhost" : host, number);
  }
}
