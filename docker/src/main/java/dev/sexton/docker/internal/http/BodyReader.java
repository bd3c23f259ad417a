package dev.sexton.docker.internal.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Map;

/** Reads the body of a response: chunked, of a given length, or up to the end of the connection. */
final class BodyReader {
  /** A chunk's size in hexadecimal, with room for an extension. */
  private static final int MAX_CHUNK_LINE_BYTES = 1024;

  private final ChannelInput in;
  private final int maxBytes;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  BodyReader(ChannelInput in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /** The body; of a chunked one, the trailers are left to be read. */
  byte[] read(Map<String, String> headers) throws IOException {
    String coding = headers.get("transfer-encoding");
    String length = headers.get("content-length");
    if (coding != null) {
      if (!coding.equalsIgnoreCase("chunked")) {
        throw new ProtocolException("transfer coding not known: " + Text.forPerson(coding));
      }
      readChunks();
    } else if (length != null) {
      readExactly(parseSize(length, 10));
    } else {
      readToClose();
    }
    return body.toByteArray();
  }

  private void readChunks() throws IOException {
    while (true) {
      String line = in.readLine(MAX_CHUNK_LINE_BYTES);
      int semicolon = line.indexOf(';');
      long size = parseSize((semicolon < 0 ? line : line.substring(0, semicolon)).strip(), 16);
      if (size == 0) {
        return;
      }
      readExactly(size);
      if (!in.readLine(MAX_CHUNK_LINE_BYTES).isEmpty()) {
        throw new ProtocolException("a chunk that is longer than it says");
      }
    }
  }

  private void readExactly(long size) throws IOException {
    if (size > maxBytes - body.size()) {
      throw tooLong();
    }
    for (long left = size; left > 0; ) {
      ByteBuffer some = in.readSome(left);
      if (!some.hasRemaining()) {
        throw new ProtocolException(
            "connection closed in the middle of the body, " + left + " bytes early");
      }
      left -= some.remaining();
      append(some);
    }
  }

  private void readToClose() throws IOException {
    ByteBuffer some = in.readSome(Integer.MAX_VALUE);
    while (some.hasRemaining()) {
      if (some.remaining() > maxBytes - body.size()) {
        throw tooLong();
      }
      append(some);
      some = in.readSome(Integer.MAX_VALUE);
    }
  }

  private void append(ByteBuffer some) {
    body.write(some.array(), some.arrayOffset() + some.position(), some.remaining());
  }

  private ProtocolException tooLong() {
    return new ProtocolException("an answer longer than " + maxBytes + " bytes");
  }

  /** Not {@code Long.parseLong}: that takes a sign. */
  private static long parseSize(String text, int radix) throws IOException {
    long size = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) < 128 ? Character.digit(text.charAt(i), radix) : -1;
      if (digit < 0 || size > Integer.MAX_VALUE) {
        throw notSize(text);
      }
      size = size * radix + digit;
    }
    if (text.isEmpty()) {
      throw notSize(text);
    }
    return size;
  }

  private static ProtocolException notSize(String text) {
    return new ProtocolException("not a size: \"" + Text.forPerson(text) + "\"");
  }
}
