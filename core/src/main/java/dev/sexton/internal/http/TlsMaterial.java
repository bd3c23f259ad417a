package dev.sexton.internal.http;

import java.io.IOException;
import javax.net.ssl.SSLContext;

/// The certificates for connections with TLS, and what a user can do if they do not fit. Safe for
/// use by multiple threads.
public interface TlsMaterial {
  /// Returns what a connection needs. Reads the certificates.
  ///
  /// @throws IOException if one is missing or cannot be used; the message names it
  SSLContext context() throws IOException;

  /// Returns the name that the server's certificate must have.
  ///
  /// @param host the host of the address
  default String serverName(String host) {
    return host;
  }

  /// Returns which authority was expected, and how to name another.
  String authority();

  /// Returns what to check if the server refuses this client.
  String checkOwn();

  /// Returns what to check if TLS fails for any other reason.
  String checkAll();

  /// Returns what to do if the server does not use TLS.
  String plain();
}
