package dev.sexton.internal.http;

import org.jspecify.annotations.Nullable;

/// Prepares a server's text for an error message.
public final class Text {
  /// Enough for the longest messages of an engine. A web page is truncated.
  private static final int MAX_CHARS = 300;

  private Text() {}

  /// Returns the text on one line, without control characters, and truncated; empty for null.
  public static String forPerson(@Nullable String text) {
    if (text == null) {
      return "";
    }
    StringBuilder clean = new StringBuilder();
    for (int i = 0; i < text.length() && clean.length() < MAX_CHARS; i++) {
      char c = text.charAt(i);
      if (!Character.isISOControl(c)) {
        clean.append(c);
      } else if (!clean.isEmpty() && clean.charAt(clean.length() - 1) != ' ') {
        clean.append(' ');
      }
    }
    if (clean.length() >= MAX_CHARS) {
      clean.append('…');
    }
    return clean.toString().strip();
  }
}
