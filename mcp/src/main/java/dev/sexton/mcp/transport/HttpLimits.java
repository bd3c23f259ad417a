package dev.sexton.mcp.transport;

import java.time.Duration;

/// How much of this process the clients over HTTP may use. Immutable.
///
/// @param maxClients the maximum number of clients (sessions of the protocol) at once
/// @param clientIdle how long a client may neither send requests nor listen until it counts as gone
/// @param requestBytes the maximum size of the body of a request
/// @param requestsPerSecond the maximum for all clients together
/// @param timeouts how long a connection may be slow or idle
public record HttpLimits(
    int maxClients,
    Duration clientIdle,
    int requestBytes,
    int requestsPerSecond,
    Timeouts timeouts) {
  /// The timeouts of a connection.
  ///
  /// @param slow how long the headers of a request may take to arrive, and its body once more
  /// @param idle how long a connection may stay unused, and an answer may wait for its reader
  public record Timeouts(Duration slow, Duration idle) {}

  /// More than any client sends, and the limit of most servers.
  static final int HEADER_BYTES = 8192;

  /// A client has one connection to listen on, and some for its calls.
  int maxConnections() {
    return 4 * maxClients;
  }
}
