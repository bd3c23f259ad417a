package dev.sexton.cli.output;

/// Makes foreign text safe for a terminal. A record, a process or a path may have any name, even
/// one with terminal control sequences.
public final class TerminalText {
  private TerminalText() {}

  /// Returns the text with a question mark for every character that does more than be displayed.
  public static String text(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return replaced(text);
      }
    }
    return text;
  }

  private static String replaced(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (isVisible(point)) {
        safe.appendCodePoint(point);
      } else {
        safe.append(Character.getType(point) == Character.SPACE_SEPARATOR ? ' ' : '?');
      }
    }
    return safe.toString();
  }

  /// Returns whether a character is only displayed. Controls, direction overrides and line
  /// separators are not.
  static boolean isVisible(int point) {
    if (point >= ' ' && point <= '~') {
      return true;
    }
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /// Returns the text, cut off with an ellipsis if it is longer than `length` characters.
  public static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = length - 1;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }
}
