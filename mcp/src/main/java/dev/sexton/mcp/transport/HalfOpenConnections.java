package dev.sexton.mcp.transport;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/// Closes connections on which a request does not arrive. Jetty's own timeout restarts with each
/// byte, so a client that sends one now and then could hold a connection for hours. Not
/// thread-safe.
final class HalfOpenConnections {
  /// The observed state of a connection.
  ///
  /// @param requests how many requests had arrived
  /// @param bytes how many bytes had been read when the last of these requests was seen
  /// @param since when part of a request was first seen; null if none was
  private record Seen(long requests, long bytes, @Nullable Long since) {}

  private final ServerConnector connector;
  private final Duration limit;
  private Map<EndPoint, Seen> known = new HashMap<>();

  HalfOpenConnections(ServerConnector connector, Duration limit) {
    this.connector = connector;
    this.limit = limit;
  }

  /// Checks all connections.
  void closeOld() {
    long now = System.nanoTime();
    Map<EndPoint, Seen> open = new HashMap<>();
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      Connection connection = endPoint.getConnection();
      if (connection == null) {
        continue;
      }
      Seen seen = look(connection, known.get(endPoint), now);
      if (seen.since() != null && now - seen.since() > limit.toNanos()) {
        endPoint.close(new TimeoutException("no request in " + limit));
      } else {
        open.put(endPoint, seen);
      }
    }
    known = open;
  }

  private static Seen look(Connection connection, @Nullable Seen before, long now) {
    long requests = connection.getMessagesIn();
    boolean answering = requests > connection.getMessagesOut();
    if (before == null || before.requests() != requests || answering) {
      return new Seen(requests, connection.getBytesIn(), requests == 0 ? now : null);
    }
    boolean arriving = connection.getBytesIn() > before.bytes();
    return before.since() == null && arriving ? new Seen(requests, before.bytes(), now) : before;
  }
}
