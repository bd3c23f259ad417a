package dev.sexton.mcp;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Checks text that leaves this process as bytes. The JDK replaces a character that it cannot
/// encode by a question mark. The result is the name of another file, and a shell wildcard.
public final class NativeText {
  /// The charset with which the JDK encodes a process's arguments and variables, by the locale.
  private static final Charset CHARSET =
      Charset.forName(System.getProperty("sun.jnu.encoding", ""), StandardCharsets.US_ASCII);

  private NativeText() {}

  /// Fails if the text does not reach a process of this machine as UTF-8.
  public static void requireNative(String what, String text) throws RefusalException {
    require(what, text);
    if (!Arrays.equals(text.getBytes(CHARSET), text.getBytes(StandardCharsets.UTF_8))) {
      throw new RefusalException(
          what + " contains a character that this server cannot pass on",
          "use ASCII only; an operator can start the server in a UTF-8 locale");
    }
  }

  /// Fails if the text cannot be encoded in UTF-8 or contains a NUL, which would end it.
  public static void require(String what, String text) throws RefusalException {
    if (text.indexOf('\0') >= 0) {
      throw new RefusalException(what + " contains a NUL character", "remove it");
    }
    requireUnicode(what, text);
  }

  /// Fails if the text cannot be encoded in UTF-8. JSON can contain half of a surrogate pair, which
  /// has no encoding.
  public static void requireUnicode(String what, String text) throws RefusalException {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new RefusalException(
          what + " contains an unpaired surrogate", "correct that character");
    }
  }
}
