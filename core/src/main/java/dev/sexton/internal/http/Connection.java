package dev.sexton.internal.http;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;

/// A connection to a server. Closing it, or interrupting the thread that uses it, ends whatever
/// that thread does with it.
interface Connection extends Closeable {
  /// Connects. The caller enforces the time limit by closing this connection.
  ///
  /// @param limit the time limit, for what does not end when this connection is closed
  void connect(Duration limit) throws IOException;

  /// Returns what the server sends.
  ReadableByteChannel input();

  /// Sends some of the bytes, or all.
  void write(ByteBuffer bytes) throws IOException;
}
