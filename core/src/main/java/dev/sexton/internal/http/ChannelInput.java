package dev.sexton.internal.http;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/// Reads bytes from a channel through a buffer. For use by one thread.
final class ChannelInput {
  private static final int BUFFER_BYTES = 16 * 1024;

  private final ReadableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();

  private boolean anything;

  ChannelInput(ReadableByteChannel channel) {
    this.channel = channel;
  }

  /// Returns the next byte, 0 to 255, or -1 at the end.
  private int read() throws IOException {
    return fill() ? buffer.get() & 0xFF : -1;
  }

  /// Returns at least one byte and at most `limit` bytes; empty at the end.
  ByteBuffer readSome(long limit) throws IOException {
    if (!fill()) {
      return ByteBuffer.allocate(0);
    }
    int count = (int) Math.min(limit, buffer.remaining());
    ByteBuffer some = buffer.slice(buffer.position(), count);
    buffer.position(buffer.position() + count);
    return some;
  }

  /// Returns a line without its end, `\r\n` or `\n`.
  ///
  /// @param maxBytes the maximum length
  /// @throws ProtocolException if the line is longer or the connection ends before it does
  String readLine(int maxBytes) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int b = read();
      if (b < 0) {
        throw new ProtocolException(
            anything
                ? "connection closed in the middle of the answer"
                : "connection closed without an answer");
      }
      if (b == '\n') {
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
          line.setLength(length - 1);
        }
        return line.toString();
      }
      if (line.length() >= maxBytes) {
        throw new ProtocolException("the headers do not end");
      }
      line.append((char) b);
    }
  }

  /// Returns whether nothing was read from the channel that was not taken from here.
  boolean isDrained() {
    return !buffer.hasRemaining();
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
    anything |= count > 0;
    return count > 0;
  }
}
