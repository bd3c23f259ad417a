package dev.sexton.mcp.deephaven;

import dev.sexton.mcp.RefusalException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may use a server.
 *
 * @param key the pre-shared key that a client has to know; null if anybody may who reaches it
 */
public record Authentication(@Nullable String key) {
  /** No character of these means anything in a URL, a properties file or an environment. */
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._~-]{8,128}");

  private static final int KEY_BYTES = 32;

  private static final String PSK = "io.deephaven.authentication.psk.PskAuthenticationHandler";
  private static final String ANONYMOUS = "io.deephaven.auth.AnonymousAuthenticationHandler";

  /** The property by which a server is told its key. */
  static final String KEY_PROPERTY = "authentication.psk";

  /**
   * As a client asks for it.
   *
   * @param kind {@code psk} or {@code anonymous}
   * @param key null if one is to be made up
   */
  public static Authentication of(String kind, @Nullable String key) throws RefusalException {
    if (kind.equals("anonymous")) {
      if (key != null) {
        throw new RefusalException(
            "psk is given, and authentication is anonymous", "leave one of them out");
      }
      return new Authentication(null);
    }
    if (!kind.equals("psk")) {
      throw new RefusalException("authentication is unknown", "give psk or anonymous");
    }
    if (key == null) {
      byte[] random = new byte[KEY_BYTES];
      new SecureRandom().nextBytes(random);
      return new Authentication(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }
    if (!KEY.matcher(key).matches()) {
      throw new RefusalException(
          "psk cannot be a key",
          "use 8 to 128 letters, digits, dots, dashes, _ and ~, or leave it");
    }
    return new Authentication(key);
  }

  /** {@code psk} or {@code anonymous}. */
  public String kind() {
    return key == null ? "anonymous" : "psk";
  }

  /** What a client gives as {@code auth_type}. */
  public String clientType() {
    return key == null ? "Anonymous" : PSK;
  }

  /** The class in a server that asks for it. */
  String handler() {
    return key == null ? ANONYMOUS : PSK;
  }

  /** Without the key, which is not for logs. */
  @Override
  public String toString() {
    return kind();
  }
}
