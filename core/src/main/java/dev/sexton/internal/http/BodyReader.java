package dev.sexton.internal.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Map;

/// Reads the body of a response, in pieces or whole. The body is chunked, has a given length, or
/// extends to the end of the connection. For use by one thread.
final class BodyReader {
  /// A chunk's size in hexadecimal, with room for an extension.
  private static final int MAX_CHUNK_LINE_BYTES = 1024;

  private static final ByteBuffer END = ByteBuffer.allocate(0);

  private final ChannelInput in;
  private final boolean chunked;
  private final boolean toClose;
  private long budget;

  /// The bytes left of the chunk, or of the body if it has a length.
  private long left;

  private boolean inChunk;
  private boolean ended;
  private final long maxBytes;

  /// Creates the reader. Reads nothing yet.
  ///
  /// @param headers the headers with lower-case names
  /// @param maxBytes the maximum length; a longer body is an error, detected before it is read if
  ///   possible
  BodyReader(ChannelInput in, Map<String, String> headers, long maxBytes) throws IOException {
    this.in = in;
    this.maxBytes = maxBytes;
    this.budget = maxBytes;
    String coding = headers.get("transfer-encoding");
    String length = headers.get("content-length");
    this.chunked = coding != null;
    this.toClose = coding == null && length == null;
    if (coding != null && !coding.equalsIgnoreCase("chunked")) {
      throw new ProtocolException("unknown transfer coding: " + Text.forPerson(coding));
    }
    if (coding == null && length != null) {
      begin(parseSize(length, 10));
    }
  }

  /// Reads the whole body. The trailers of a chunked body remain unread.
  byte[] readAll() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (ByteBuffer some = next(); some.hasRemaining(); some = next()) {
      body.write(some.array(), some.arrayOffset() + some.position(), some.remaining());
    }
    return body.toByteArray();
  }

  /// Returns a piece, backed by an array and valid until the next call; empty at the end.
  ByteBuffer next() throws IOException {
    if (toClose) {
      ByteBuffer some = in.readSome(Integer.MAX_VALUE);
      spend(some.remaining());
      return some;
    }
    if (left == 0 && chunked && !ended) {
      nextChunk();
    }
    if (left == 0) {
      return END;
    }
    ByteBuffer some = in.readSome(left);
    if (!some.hasRemaining()) {
      throw new ProtocolException(
          "connection closed in the middle of the body, " + left + " bytes early");
    }
    left -= some.remaining();
    return some;
  }

  private void nextChunk() throws IOException {
    if (inChunk && !in.readLine(MAX_CHUNK_LINE_BYTES).isEmpty()) {
      throw new ProtocolException("a chunk is longer than its stated size");
    }
    inChunk = true;
    String line = in.readLine(MAX_CHUNK_LINE_BYTES);
    int semicolon = line.indexOf(';');
    begin(parseSize((semicolon < 0 ? line : line.substring(0, semicolon)).strip(), 16));
    ended = left == 0;
  }

  private void begin(long size) throws IOException {
    spend(size);
    left = size;
  }

  private void spend(long bytes) throws IOException {
    if (bytes > budget) {
      throw new ProtocolException("the answer is longer than " + maxBytes + " bytes");
    }
    budget -= bytes;
  }

  /// Does not use `Long.parseLong`, which accepts a sign.
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
