package dev.sexton.internal;

import org.jspecify.annotations.Nullable;

/// A pattern of programs to keep: `*` stands for any characters, `?` for one, and `!` in front
/// takes away what earlier patterns and the default list keep. `docs/keep.md` says what it is
/// compared with.
public final class KeepPattern {
  /// The longest pattern.
  public static final int MAX_LENGTH = 200;

  private KeepPattern() {}

  /// Returns the pattern.
  ///
  /// @throws IllegalArgumentException if it is none, with what is wrong and what to do
  public static String require(String pattern) {
    String defect = defect(pattern);
    if (defect != null) {
      throw new IllegalArgumentException(defect);
    }
    return pattern;
  }

  /// Says what is wrong with a pattern and what to do; null if it is one.
  public static @Nullable String defect(String pattern) {
    if (pattern.isEmpty() || pattern.equals("!")) {
      return "a keep pattern is empty: name an executable, such as firefox or my-server*";
    }
    if (pattern.length() > MAX_LENGTH) {
      return "a keep pattern has " + pattern.length() + " characters: use at most " + MAX_LENGTH;
    }
    for (int i = 0; i < pattern.length(); i++) {
      if (Character.isISOControl(pattern.charAt(i))) {
        return "a keep pattern has a control character at position " + (i + 1) + ": write ? for it";
      }
    }
    return null;
  }

  /// Whether a pattern covers a text. Takes at most the product of their lengths, whatever the
  /// pattern is.
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
