package dev.sexton.docker.internal.http;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Set;

/// A set of open streams. Closing it closes them all, and so ends whatever other threads are doing
/// with them. Safe for use by multiple threads.
public final class OpenStreams implements AutoCloseable {
  private final Set<SocketChannel> channels = new HashSet<>();
  private boolean closed;

  /// Creates an empty set.
  public OpenStreams() {}

  /// Adds a channel. If this set is closed, the channel is closed too.
  synchronized SocketChannel add(SocketChannel channel) throws IOException {
    if (closed) {
      channel.close();
      throw new IOException("no further call is possible: it was closed");
    }
    channels.add(channel);
    return channel;
  }

  /// Closes one of the channels.
  void close(SocketChannel channel) throws IOException {
    synchronized (this) {
      channels.remove(channel);
    }
    channel.close();
  }

  /// Returns whether [#close()] was called.
  public synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    Set<SocketChannel> open;
    synchronized (this) {
      closed = true;
      open = Set.copyOf(channels);
      channels.clear();
    }
    for (SocketChannel channel : open) {
      try {
        channel.close();
      } catch (IOException e) {
        // It is closed anyway.
      }
    }
  }
}
