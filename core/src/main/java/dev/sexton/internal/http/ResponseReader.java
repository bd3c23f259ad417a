package dev.sexton.internal.http;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Reads one HTTP/1.1 response (RFC 9112) and trusts none of its sizes.
final class ResponseReader {
  /// The maximum length of a body. One container takes about 1 kB in a list, so a longer body is
  /// not a list.
  static final int MAX_BODY_BYTES = 64 * 1024 * 1024;

  /// The maximum length of status, headers and trailers of one response together.
  static final int MAX_HEAD_BYTES = 64 * 1024;

  private final ChannelInput in;
  private final int maxBodyBytes;
  private int headBytesLeft = MAX_HEAD_BYTES;

  /// The part of a response before the body.
  ///
  /// @param status the status code, such as 204
  /// @param headers the headers with lower-case names
  record Head(int status, Map<String, String> headers) {}

  ResponseReader(ChannelInput in) {
    this(in, MAX_BODY_BYTES);
  }

  ResponseReader(ChannelInput in, int maxBodyBytes) {
    this.in = in;
    this.maxBodyBytes = maxBodyBytes;
  }

  /// Reads the whole response.
  HttpResponse read() throws IOException {
    Head head = readHead();
    return new HttpResponse(head.status, head.headers, readBody(head.status, head.headers));
  }

  /// Reads everything before the body.
  Head readHead() throws IOException {
    while (true) {
      int status = parseStatus(headLine());
      Map<String, String> headers = readHeaders();
      if (status >= 200) {
        return new Head(status, headers);
      }
      // A 1xx status only announces the response.
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
    byte[] body = new BodyReader(in, headers, maxBodyBytes).readAll();
    if (headers.containsKey("transfer-encoding")) {
      readHeaders(); // trailers
    }
    return body;
  }

  private String headLine() throws IOException {
    String line = in.readLine(headBytesLeft);
    headBytesLeft -= line.length() + 1;
    return line;
  }
}
