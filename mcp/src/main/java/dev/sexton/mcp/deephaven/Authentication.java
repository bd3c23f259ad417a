package dev.sexton.mcp.deephaven;

import dev.sexton.mcp.RefusalException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Who may use a Deephaven server.
///
/// @param key the pre-shared key that a client has to present; null if anybody who reaches the
///   server may use it
public record Authentication(@Nullable String key) {
  /// None of these characters is special in a URL, a properties file or an environment.
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._~-]{8,128}");

  private static final int KEY_BYTES = 32;

  private static final String PSK = "io.deephaven.authentication.psk.PskAuthenticationHandler";
  private static final String ANONYMOUS = "io.deephaven.auth.AnonymousAuthenticationHandler";

  /// The property that tells a server its key.
  static final String KEY_PROPERTY = "authentication.psk";

  /// Returns the authentication that a client asks for.
  ///
  /// @param kind `psk` or `anonymous`
  /// @param key null to generate one
  public static Authentication of(String kind, @Nullable String key) throws RefusalException {
    if (kind.equals("anonymous")) {
      if (key != null) {
        throw new RefusalException(
            "psk and anonymous authentication exclude each other", "omit one of them");
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
          "psk is not a valid key",
          "use 8 to 128 letters, digits, dots, dashes, _ and ~, or omit it");
    }
    return new Authentication(key);
  }

  /// Returns `psk` or `anonymous`.
  public String kind() {
    return key == null ? "anonymous" : "psk";
  }

  /// Returns the value that a client passes as `auth_type`.
  public String clientType() {
    return key == null ? "Anonymous" : PSK;
  }

  /// Returns the class in the server that checks it.
  String handler() {
    return key == null ? ANONYMOUS : PSK;
  }

  /// Omits the key, which must not appear in logs.
  @Override
  public String toString() {
    return kind();
  }
}
