package dev.sexton.kubernetes.internal.config;

import dev.sexton.internal.http.Address;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;

/// The address of an API server, as in a kubeconfig.
///
/// @param encrypted whether it uses TLS
/// @param endpoint the host and the port
/// @param prefix the path, without a slash at the end
record ServerUrl(boolean encrypted, Address.Tcp endpoint, String prefix) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /// Parses a URL such as `https://10.0.0.1:6443`.
  ///
  /// @throws IOException if it is not one
  static ServerUrl parse(String text) throws IOException {
    try {
      URI url = new URI(text);
      boolean encrypted = "https".equalsIgnoreCase(url.getScheme());
      String host = url.getHost();
      if ((!encrypted && !"http".equalsIgnoreCase(url.getScheme()))
          || host == null
          || url.getRawUserInfo() != null
          || url.getRawQuery() != null
          || url.getRawFragment() != null) {
        throw new IOException("the server \"" + text + "\" is not https://HOST:PORT");
      }
      int port = url.getPort() >= 0 ? url.getPort() : encrypted ? HTTPS_PORT : HTTP_PORT;
      String path = url.getRawPath().replaceAll("/+$", "");
      return new ServerUrl(encrypted, endpoint(host, Integer.toString(port)), path);
    } catch (URISyntaxException invalid) {
      throw new IOException("the server \"" + text + "\" is not https://HOST:PORT", invalid);
    }
  }

  /// Returns the endpoint of a host, IPv6 with or without brackets, and a port.
  static Address.Tcp endpoint(String host, String port) throws IOException {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    try {
      int number = Integer.parseInt(port);
      if (number < 1 || number > 65_535) {
        throw new NumberFormatException("out of range");
      }
      return new Address.Tcp(bracketed ? host.substring(1, host.length() - 1) : host, number);
    } catch (NumberFormatException invalid) {
      throw new IOException("\"" + port + "\" is not a port", invalid);
    }
  }
}
