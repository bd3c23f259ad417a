package dev.sexton.internal.fleet;

import dev.sexton.internal.http.Address;
import dev.sexton.internal.http.CertificateDirectory;
import dev.sexton.internal.record.ApplicationName;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How the store of a fleet is reached, from the environment. Immutable.
///
/// @param endpoints where the members of the store listen
/// @param name the name of the fleet
/// @param login how this client identifies itself; null if it does not
public record FleetSettings(List<Address> endpoints, String name, @Nullable Login login) {
  /// The variable without which no fleet is used.
  public static final String VARIABLE = "SEXTON_FLEET";

  /// Names the directory with the certificates for TLS.
  private static final String CERTIFICATES = "SEXTON_FLEET_CERT_PATH";

  private static final String SCHEME = "etcd://";
  private static final String FORM = ": write " + SCHEME + "HOST:PORT,HOST:PORT/NAME";

  /// A user of the store.
  ///
  /// @param user the user's name
  /// @param passwordFile the file with the password, which is read for each login
  record Login(String user, Path passwordFile) {
    /// Returns the password, which is the file's first line.
    ///
    /// @throws IOException if it cannot be read; the message names the file
    String password() throws IOException {
      try {
        return Files.readString(passwordFile).lines().findFirst().orElse("");
      } catch (IOException unreadable) {
        throw new IOException(
            "the password file "
                + passwordFile
                + " cannot be read: correct SEXTON_FLEET_PASSWORD_FILE",
            unreadable);
      }
    }
  }

  /// Copies the list.
  public FleetSettings {
    endpoints = List.copyOf(endpoints);
  }

  /// Returns what all keys of the fleet begin with.
  String prefix() {
    return "sexton/" + name + "/";
  }

  /// Returns whether an environment names a fleet.
  public static boolean isIn(Map<String, String> environment) {
    return !variable(environment, VARIABLE).isEmpty();
  }

  /// Returns the settings in an environment.
  ///
  /// @throws IOException if they cannot be used; the message says what to write
  public static FleetSettings of(Map<String, String> environment) throws IOException {
    String value = variable(environment, VARIABLE);
    int slash = value.lastIndexOf('/');
    if (!value.startsWith(SCHEME) || slash < SCHEME.length()) {
      throw new IOException(VARIABLE + " is not the address of a fleet" + FORM);
    }
    String name = value.substring(slash + 1);
    if (!ApplicationName.isValid(name)) {
      throw new IOException(
          VARIABLE
              + " does not end with the name of a fleet: use at most 100 letters, digits, dots,"
              + " dashes and underscores after the slash");
    }
    CertificateDirectory tls = tls(environment);
    List<Address> endpoints = new ArrayList<>();
    for (String endpoint : value.substring(SCHEME.length(), slash).split(",", -1)) {
      Address.Tcp address = parse(endpoint);
      if (tls == null && !isLoopback(address.host())) {
        throw new IOException(
            VARIABLE
                + " leads to another machine, "
                + address.host()
                + ", without TLS: set "
                + CERTIFICATES
                + " to a directory with ca.pem");
      }
      endpoints.add(tls == null ? address : new Address.Tls(address, tls));
    }
    return new FleetSettings(endpoints, name, login(environment));
  }

  private static Address.Tcp parse(String endpoint) throws IOException {
    int colon = endpoint.lastIndexOf(':');
    String host = colon < 0 ? "" : endpoint.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = 0;
    try {
      port = Integer.parseInt(endpoint.substring(colon + 1));
    } catch (NumberFormatException reportedBelow) {
      port = 0;
    }
    boolean isHost = host.chars().allMatch(c -> c > ' ' && c <= '~' && "/?#@[]".indexOf(c) < 0);
    if (host.isEmpty() || !isHost || port < 1 || port > 65_535) {
      throw new IOException(VARIABLE + " has an endpoint without a host or a port" + FORM);
    }
    return new Address.Tcp(host, port);
  }

  private static boolean isLoopback(String host) {
    try {
      return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException name) {
      return false;
    }
  }

  private static @Nullable CertificateDirectory tls(Map<String, String> environment)
      throws IOException {
    String directory = variable(environment, CERTIFICATES);
    return directory.isEmpty() ? null : certificates(path(CERTIFICATES, directory));
  }

  static CertificateDirectory certificates(Path directory) {
    return new CertificateDirectory(directory, CERTIFICATES, CERTIFICATES);
  }

  private static @Nullable Login login(Map<String, String> environment) throws IOException {
    String user = variable(environment, "SEXTON_FLEET_USER");
    String file = variable(environment, "SEXTON_FLEET_PASSWORD_FILE");
    if (user.isEmpty() != file.isEmpty()) {
      throw new IOException(
          "SEXTON_FLEET_USER and SEXTON_FLEET_PASSWORD_FILE need each other: set both, or none");
    }
    return user.isEmpty() ? null : new Login(user, path("SEXTON_FLEET_PASSWORD_FILE", file));
  }

  private static Path path(String variable, String text) throws IOException {
    try {
      return Path.of(text).toAbsolutePath();
    } catch (InvalidPathException invalid) {
      throw new IOException(variable + " is not a path: correct it", invalid);
    }
  }

  private static String variable(Map<String, String> environment, String name) {
    return environment.getOrDefault(name, "");
  }
}
