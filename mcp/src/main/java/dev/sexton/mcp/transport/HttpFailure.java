package dev.sexton.mcp.transport;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Thrown when a request is refused. The body of the answer is an error of the protocol.
final class HttpFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final int code;

  HttpFailure(int status, int code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /// Creates a failure for a request that is not a valid message of the protocol or not allowed.
  static HttpFailure of(int status, String problem, String remedy) {
    return new HttpFailure(status, ErrorCodes.INVALID_REQUEST, problem + ": " + remedy);
  }

  void answer(Response response, Callback callback) {
    answer(response, callback, status, code, String.valueOf(getMessage()));
  }

  /// Answers without an ID: a refused request has not been read, or has none.
  static void answer(Response response, Callback callback, int status, int code, String message) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    // Jetty closes the connection if the body is not read. A client that was not told so would send
    // its next request into the closed connection.
    HttpFields asked = response.getRequest().getHeaders();
    if (asked.contains(HttpHeader.CONTENT_LENGTH) || asked.contains(HttpHeader.TRANSFER_ENCODING)) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    response.write(true, ByteBuffer.wrap(body(code, message)), callback);
  }

  private static byte[] body(int code, String message) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("jsonrpc", "2.0");
    body.put("id", null);
    body.put("error", Map.of("code", code, "message", message));
    try {
      return McpJsonDefaults.getMapper().writeValueAsBytes(body);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
