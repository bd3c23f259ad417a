package dev.sexton.internal.record;

import org.jspecify.annotations.Nullable;

/// A pattern of programs to keep. `*` stands for any characters and `?` for one. A leading `!`
/// removes what earlier patterns and the default list keep. `docs/keep.md` says what a pattern is
/// compared with.
public final class KeepPattern {
  /// The maximum length of a pattern, in characters.
  public static final int MAX_LENGTH = 200;

  private KeepPattern() {}

  /// Returns the pattern if it is valid.
  ///
  /// @throws IllegalArgumentException if it is invalid. The message gives the defect and the remedy
  public static String require(String pattern) {
    String defect = defect(pattern);
    if (defect != null) {
      throw new IllegalArgumentException(defect);
    }
    return pattern;
  }

  /// Returns a pattern's defect and its remedy, or null if the pattern is valid.
  public static @Nullable String defect(String pattern) {
    if (pattern.isEmpty() || pattern.equals("!")) {
      return "a keep pattern is empty: name an executable, such as firefox or my-server*";
    }
    if (pattern.length() > MAX_LENGTH) {
      return "a keep pattern has " + pattern.length() + " characters: use at most " + MAX_LENGTH;
    }
    for (int i = 0; i < pattern.length(); i++) {
      if (Character.isISOControl(pattern.charAt(i))) {
        return "a keep pattern has a control character at position " + (i + 1) + ": use ? instead";
      }
    }
    return null;
  }

  /// Returns whether a pattern matches a text. Runs in at most the product of their lengths, for
  /// any pattern.
  public static boolean matches(String pattern, String text) {
    int at = 0;
    int star = -1;
    int starText = 0;
    int i = 0;
    while (i < text.length()) {
      char wanted = at < pattern.length() ? pattern.charAt(at) : 0;
      if (at < pattern.length() && wanted == '*') {
        star = at++;
        starText = i;
      } else if (at < pattern.length() && (wanted == '?' || wanted == text.charAt(i))) {
        at++;
        i++;
      } else if (star >= 0) {
        at = star + 1;
        i = ++starText;
      } else {
        return false;
      }
    }
    while (at < pattern.length() && pattern.charAt(at) == '*') {
      at++;
    }
    return at == pattern.length();
  }
}
