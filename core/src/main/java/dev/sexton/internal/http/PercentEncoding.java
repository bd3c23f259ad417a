package dev.sexton.internal.http;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Encodes parts of a request's target.
public final class PercentEncoding {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private PercentEncoding() {}

  /// Encodes everything except RFC 3986's unreserved characters as `%XX` of its UTF-8 bytes.
  public static String encode(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if ((b >= 'a' && b <= 'z')
          || (b >= 'A' && b <= 'Z')
          || (b >= '0' && b <= '9')
          || b == '-'
          || b == '.'
          || b == '_'
          || b == '~') {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.toHexDigits(b));
      }
    }
    return encoded.toString();
  }
}
