package dev.sexton.docker.internal.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one HTTP/1.1 response (RFC 9112) and trusts none of its sizes. */
final class ResponseReader {
  /** A list of 10,000 containers is about 20 MB; what is longer than this is not a list. */
  static final int MAX_BODY_BYTES = 64 * 1024 * 1024;

  /** All lines of one response that are not body: status, headers, chunk sizes aside, trailers. */
  static final int MAX_HEAD_BYTES = 64 * 1024;

  /** A chunk's size in hexadecimal, with room for an extension. */
  private static final int MAX_CHUNK_LINE_BYTES = 1024;

  private final ChannelInput in;
  private final int maxBodyBytes;
  private int headBytesLeft = MAX_HEAD_BYTES;

  ResponseReader(ChannelInput in) {
    this(in, MAX_BODY_BYTES);
  }

  ResponseReader(ChannelInput in, int maxBodyBytes) {
    this.in = in;
    this.maxBodyBytes = maxBodyBytes;
  }

  HttpResponse read() throws IOException {
    while (true) {
      int status = parseStatus(headLine());
      Map<String, String> headers = readHeaders();
      if (status >= 200) {
        return new HttpResponse(status, headers, readBody(status, headers));
      }
      // 1xx is only an announcement of the answer.
    }
  }

  private static int parseStatus(String line) throws IOException {
    // HTTP/1.1 200 OK
    if (line.startsWith("HTTP/1.") && line.length() >= 12 && line.charAt(8) == ' ') {
      int status = 0;
      for (int i = 9; i < 12; i++) {
        int digit = Character.digit(line.charAt(i), 10);
        if (digit < 0) {
          throw notHttp(line);
        }
        status = status * 10 + digit;
      }
      if (status >= 100 && (line.length() == 12 || line.charAt(12) == ' ')) {
        return status;
      }
    }
    throw notHttp(line);
  }

  private static ProtocolException notHttp(String line) {
    return new ProtocolException("not an HTTP answer: \"" + Text.forPerson(line) + "\"");
  }

  private Map<String, String> readHeaders() throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (String line = headLine(); !line.isEmpty(); line = headLine()) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new ProtocolException("not an HTTP header: \"" + Text.forPerson(line) + "\"");
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip();
      String before = headers.put(name, value);
      if (name.equals("content-length") && before != null && !before.equals(value)) {
        throw new ProtocolException("two different content lengths: " + before + ", " + value);
      }
    }
    return headers;
  }

  private byte[] readBody(int status, Map<String, String> headers) throws IOException {
    if (status == 204 || status == 304) {
      return new byte[0];
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String coding = headers.get("transfer-encoding");
    if (coding != null) {
      if (!coding.equalsIgnoreCase("chunked")) {
        throw new ProtocolException("transfer coding not known: " + Text.forPerson(coding));
      }
      readChunks(body);
      return body.toByteArray();
    }
    String length = headers.get("content-length");
    if (length != null) {
      readExactly(parseSize(length, 10), body);
    } else {
      readToClose(body);
    }
    return body.toByteArray();
  }

  private void readChunks(ByteArrayOutputStream body) throws IOException {
    while (true) {
      String line = line(MAX_CHUNK_LINE_BYTES);
      int semicolon = line.indexOf(';');
      long size = parseSize((semicolon < 0 ? line : line.substring(0, semicolon)).strip(), 16);
      if (size == 0) {
        readHeaders(); // trailers
        return;
      }
      readExactly(size, body);
      if (!line(MAX_CHUNK_LINE_BYTES).isEmpty()) {
        throw new ProtocolException("a chunk that is longer than it says");
      }
    }
  }

  private void readExactly(long size, ByteArrayOutputStream body) throws IOException {
    if (size > maxBodyBytes - body.size()) {
      throw tooLong();
    }
    for (long left = size; left > 0; ) {
      ByteBuffer some = in.readSome(left);
      if (!some.hasRemaining()) {
        throw new ProtocolException(
            "connection closed in the middle of the body, " + left + " bytes early");
      }
      left -= some.remaining();
      append(some, body);
    }
  }

  private void readToClose(ByteArrayOutputStream body) throws IOException {
    for (ByteBuffer some = in.readSome(Integer.MAX_VALUE);
        some.hasRemaining();
        some = in.readSome(Integer.MAX_VALUE)) {
      if (some.remaining() > maxBodyBytes - body.size()) {
        throw tooLong();
      }
      append(some, body);
    }
  }

  private static void append(ByteBuffer some, ByteArrayOutputStream body) {
    body.write(some.array(), some.arrayOffset() + some.position(), some.remaining());
  }

  private ProtocolException tooLong() {
    return new ProtocolException("an answer longer than " + maxBodyBytes + " bytes");
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

  private static ProtocolException notSize(@Nullable String text) {
    return new ProtocolException("not a size: \"" + Text.forPerson(text) + "\"");
  }

  private String headLine() throws IOException {
    String line = line(headBytesLeft);
    headBytesLeft -= line.length() + 1;
    return line;
  }

  /** A line without its end, {@code \r\n} or {@code \n}. */
  private String line(int maxBytes) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int b = in.read();
      if (b < 0) {
        throw new ProtocolException(
            line.isEmpty() && headBytesLeft == MAX_HEAD_BYTES
                ? "connection closed without an answer"
                : "connection closed in the middle of the answer");
      }
      if (b == '\n') {
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
          line.setLength(length - 1);
        }
        return line.toString();
      }
      if (line.length() >= maxBytes) {
        throw new ProtocolException("headers without an end");
      }
      line.append((char) b);
    }
  }
}
