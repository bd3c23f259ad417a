package dev.sexton.internal.record;

/// An application's name. It is used as a directory name and as part of a label's key.
public final class ApplicationName {
  private ApplicationName() {}

  /// Returns whether a name is valid.
  public static boolean isValid(String name) {
    boolean valid = !name.isEmpty() && name.length() <= 100 && name.charAt(0) != '.';
    for (int i = 0; valid && i < name.length(); i++) {
      char c = name.charAt(i);
      valid =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '-'
              || c == '_';
    }
    return valid;
  }

  /// Returns the name if it is valid.
  ///
  /// @throws IllegalArgumentException if it is invalid
  public static String require(String name) {
    if (!isValid(name)) {
      throw new IllegalArgumentException(
          "not an application name: use at most 100 letters, digits, dots, dashes and underscores,"
              + " and do not begin with a dot");
    }
    return name;
  }
}
