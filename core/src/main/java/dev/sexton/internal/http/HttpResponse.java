package dev.sexton.internal.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A complete response. It is not modified after it was read.
public final class HttpResponse {
  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;

  HttpResponse(int status, Map<String, String> headers, byte[] body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /// Returns the status code, such as 204.
  public int status() {
    return status;
  }

  /// Returns whether the status is from 200 to 299.
  public boolean isSuccess() {
    return status >= 200 && status <= 299;
  }

  /// Returns whether the connection can carry another exchange. It cannot if its end is the end of
  /// the body.
  boolean keepsConnection() {
    String connection = headers.getOrDefault("connection", "");
    return !connection.equalsIgnoreCase("close")
        && (status == 204
            || status == 304
            || headers.containsKey("content-length")
            || headers.containsKey("transfer-encoding"));
  }

  /// Returns the last header of this name, ignoring case, or null if there is none.
  public @Nullable String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  /// Returns the body as UTF-8; empty if there is none.
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
