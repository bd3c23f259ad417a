package dev.sexton.mcp;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Text that becomes bytes outside this process. The JDK turns what it has no bytes for into a
/// question mark, which is another file's name, and a wildcard of a shell.
public final class NativeText {
  /// What the JDK encodes the arguments and variables of a process with, by the locale.
  private static final Charset CHARSET =
      Charset.forName(System.getProperty("sun.jnu.encoding", ""), StandardCharsets.US_ASCII);

  private NativeText() {}

  /// Fails unless text reaches a process of this machine as UTF-8.
  public static void requireNative(String what, String text) throws RefusalException {
    require(what, text);
    if (!Arrays.equals(text.getBytes(CHARSET), text.getBytes(StandardCharsets.UTF_8))) {
      throw new RefusalException(
          what + " has a character that this server cannot pass on",
          "use ASCII only; an operator can start the server in a UTF-8 locale");
    }
  }

  /// Fails unless text has bytes in UTF-8, and none that ends it.
  public static void require(String what, String text) throws RefusalException {
    if (text.indexOf('\0') >= 0) {
      throw new RefusalException(what + " contains a NUL character", "leave it out");
    }
    requireUnicode(what, text);
  }

  /// Fails unless text has bytes in UTF-8; half a character of two surrogates, which JSON can have,
  /// has none.
  public static void requireUnicode(String what, String text) throws RefusalException {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new RefusalException(
          what + " has a surrogate without its other half", "correct that character");
    }
  }
}
