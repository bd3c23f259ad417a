package dev.sexton.internal.http;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/// A set of open streams. Closing it closes them all, and so ends whatever other threads are doing
/// with them. Safe for use by multiple threads.
public final class OpenStreams implements AutoCloseable {
  private final Set<Connection> connections = new HashSet<>();
  private boolean closed;

  /// Creates an empty set.
  public OpenStreams() {}

  /// Adds a connection. If this set is closed, the connection is closed too.
  synchronized Connection add(Connection connection) throws IOException {
    if (closed) {
      connection.close();
      throw new IOException("no further call is possible: it was closed");
    }
    connections.add(connection);
    return connection;
  }

  /// Closes one of the connections.
  void close(Connection connection) throws IOException {
    synchronized (this) {
      connections.remove(connection);
    }
    connection.close();
  }

  /// Returns whether [#close()] was called.
  public synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    Set<Connection> open;
    synchronized (this) {
      closed = true;
      open = Set.copyOf(connections);
      connections.clear();
    }
    for (Connection connection : open) {
      try {
        connection.close();
      } catch (IOException e) {
        // It is closed anyway.
      }
    }
  }
}
