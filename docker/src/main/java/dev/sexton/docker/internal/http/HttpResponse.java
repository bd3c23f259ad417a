package dev.sexton.docker.internal.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer, whole. Not changed by anybody after it was read. */
public final class HttpResponse {
  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;

  HttpResponse(int status, Map<String, String> headers, byte[] body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /** The status code, such as 204. */
  public int status() {
    return status;
  }

  /** Whether the status is one of 200 to 299. */
  public boolean isSuccess() {
    return status >= 200 && status <= 299;
  }

  /** The last header of this name, in whatever case it was written; null if there is none. */
  public @Nullable String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  /** The body as UTF-8; empty if there is none. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
