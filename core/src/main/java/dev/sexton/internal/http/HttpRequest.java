package dev.sexton.internal.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A request.
///
/// @param method `GET`, `POST` or `DELETE`
/// @param target path and query, encoded
/// @param headers further headers; visible ASCII and spaces
/// @param json the body; empty for none
record HttpRequest(String method, String target, Map<String, String> headers, String json) {
  /// Returns the request in an error message.
  String text() {
    return method + " " + target;
  }

  /// Returns whether it changes nothing, so that it can be repeated.
  boolean isRepeatable() {
    return method.equals("GET");
  }

  /// Sends the request.
  ///
  /// @param hostHeader the value of the `Host` header
  /// @param last whether the engine has to close the connection after its answer
  void send(Connection connection, String hostHeader, boolean last) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    String head =
        text()
            + " HTTP/1.1\r\nHost: "
            + hostHeader
            + "\r\nUser-Agent: sexton\r\n"
            + (last ? "Connection: close\r\n" : "")
            + lines()
            + (json.isEmpty() ? "" : "Content-Type: application/json\r\n")
            + (method.equals("POST") || body.length > 0
                ? "Content-Length: " + body.length + "\r\n\r\n"
                : "\r\n");
    byte[] headBytes = head.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = ByteBuffer.allocate(headBytes.length + body.length);
    bytes.put(headBytes).put(body).flip();
    while (bytes.hasRemaining()) {
      connection.write(bytes);
    }
  }

  private String lines() {
    StringBuilder lines = new StringBuilder();
    headers.forEach((name, value) -> {
      if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
        throw new IllegalArgumentException("a header would break its line: " + name);
      }
      lines.append(name).append(": ").append(value).append("\r\n");
    });
    return lines.toString();
  }
}
