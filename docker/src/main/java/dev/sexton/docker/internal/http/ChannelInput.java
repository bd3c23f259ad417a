package dev.sexton.docker.internal.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Bytes from a channel, through a buffer. For one thread. */
final class ChannelInput {
  private static final int BUFFER_BYTES = 16 * 1024;

  private final ReadableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();

  ChannelInput(ReadableByteChannel channel) {
    this.channel = channel;
  }

  /** The next byte, 0 to 255, or -1 at the end. */
  int read() throws IOException {
    return fill() ? buffer.get() & 0xFF : -1;
  }

  /** Up to {@code limit} bytes, at least one; empty at the end. */
  ByteBuffer readSome(long limit) throws IOException {
    if (!fill()) {
      return ByteBuffer.allocate(0);
    }
    int count = (int) Math.min(limit, buffer.remaining());
    ByteBuffer some = buffer.slice(buffer.position(), count);
    buffer.position(buffer.position() + count);
    return some;
  }

  private boolean fill() throws IOException {
    if (buffer.hasRemaining()) {
      return true;
    }
    buffer.clear();
    int count;
    do {
      count = channel.read(buffer);
    } while (count == 0);
    buffer.flip();
    return count > 0;
  }
}
