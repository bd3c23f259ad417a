package dev.sexton.internal.record;

import com.google.gson.JsonPrimitive;

/// Writes one JSON object as text, with one line for each entry of its first two levels. A record
/// is written on every change while the caller waits, mostly by a JVM that is still cold.
public final class JsonText {
  /// Deeper levels are written on one line.
  private static final int LEVELS_ON_LINES = 2;

  private final StringBuilder text;
  private int depth;
  private boolean empty = true;

  /// Creates a writer for a text of about this length.
  ///
  /// @param expectedChars the expected length
  JsonText(int expectedChars) {
    this.text = new StringBuilder(expectedChars);
  }

  /// Opens an object: the root, or the value of the preceding key.
  JsonText begin() {
    text.append('{');
    depth++;
    empty = true;
    return this;
  }

  /// Closes the object that was opened last.
  JsonText end() {
    depth--;
    if (!empty && depth < LEVELS_ON_LINES) {
      newLine();
    }
    text.append('}');
    empty = false;
    return this;
  }

  /// Writes a key. Its value follows.
  JsonText key(String name) {
    if (!empty) {
      text.append(',');
    }
    if (depth <= LEVELS_ON_LINES) {
      newLine();
    } else if (!empty) {
      text.append(' ');
    }
    text.append(quote(name)).append(": ");
    empty = false;
    return this;
  }

  JsonText value(String value) {
    return raw(quote(value));
  }

  JsonText value(long value) {
    text.append(value);
    return this;
  }

  JsonText value(boolean value) {
    text.append(value);
    return this;
  }

  /// Writes a value that is already JSON.
  JsonText raw(String json) {
    text.append(json);
    return this;
  }

  private void newLine() {
    text.append('\n');
    for (int i = 0; i < depth; i++) {
      text.append("  ");
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }

  /// Returns a text as a JSON string. What UTF-8 cannot encode is spelled out.
  public static String quote(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return wellFormed(new JsonPrimitive(text).toString());
      }
    }
    return '"' + text + '"';
  }

  /// Spells out what UTF-8 cannot encode. Replacing it by one character could make two names equal.
  static String wellFormed(String json) {
    StringBuilder text = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < json.length()
          && Character.isLowSurrogate(json.charAt(i + 1))) {
        text.append(c).append(json.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        text.append('\uFFFD').append(Integer.toHexString(c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
