package dev.sexton.docker.internal.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;

/// An open connection to an engine. Closing its socket ends whatever a thread does with it.
interface Connection {
  /// Returns what the engine sends.
  ReadableByteChannel input();

  /// Sends some of the bytes, or all.
  void write(ByteBuffer bytes) throws IOException;

  /// A connection whose bytes are those of its socket.
  record Plain(SocketChannel channel) implements Connection {
    @Override
    public ReadableByteChannel input() {
      return channel;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      channel.write(bytes);
    }
  }
}
