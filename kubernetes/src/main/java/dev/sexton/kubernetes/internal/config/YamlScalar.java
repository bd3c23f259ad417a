package dev.sexton.kubernetes.internal.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import dev.sexton.internal.http.Json;
import java.io.IOException;
import java.util.Set;

/// Parses values that stand on one line of YAML.
final class YamlScalar {
  /// The words for null in YAML's core schema.
  private static final Set<String> NULLS = Set.of("null", "Null", "NULL", "~");

  private static final String UNSUPPORTED = "&*!|>%@`?,]}";

  private YamlScalar() {}

  /// Returns the position of the colon behind a key at the beginning of a text; -1 if there is
  /// none.
  static int colon(String text) {
    char first = text.isEmpty() ? ' ' : text.charAt(0);
    if (first == '{' || first == '[') {
      return -1;
    }
    int from = first == '"' || first == '\'' ? endOfQuoted(text) : 0;
    if (from < 0) {
      return -1;
    }
    if (from > 0) {
      int colon = from + leadingSpaces(text.substring(from));
      return isColon(text, colon) ? colon : -1;
    }
    int comment = text.indexOf(" #");
    for (int i = 0; i < (comment < 0 ? text.length() : comment); i++) {
      if (isColon(text, i)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isColon(String text, int at) {
    return at < text.length()
        && text.charAt(at) == ':'
        && (at + 1 == text.length() || text.charAt(at + 1) == ' ');
  }

  private static int leadingSpaces(String text) {
    return text.length() - text.stripLeading().length();
  }

  /// Parses a value. All plain values but null are strings.
  ///
  /// @throws IOException if it is not of a supported form; the message does not say where
  static JsonElement parse(String text) throws IOException {
    if (text.isEmpty()) {
      throw new IOException("the key is empty");
    }
    char first = text.charAt(0);
    if (first == '"' || first == '\'') {
      int end = endOfQuoted(text);
      if (end < 0) {
        throw new IOException("the quoted text does not end on this line");
      }
      requireComment(text.substring(end));
      String inside = text.substring(1, end - 1);
      return new JsonPrimitive(first == '\'' ? inside.replace("''", "'") : unescape(inside));
    }
    if (first == '{' || first == '[') {
      return flow(text);
    }
    if (UNSUPPORTED.indexOf(first) >= 0 || text.startsWith("- ") || text.equals("-")) {
      throw new IOException(
          "a value that begins with \"" + first + "\" is not supported; write it in quotes");
    }
    if (colon(text) >= 0) {
      throw new IOException(
          "a value with a colon and a space is not supported; write it in quotes");
    }
    int comment = text.indexOf(" #");
    String plain = (comment < 0 ? text : text.substring(0, comment)).strip();
    return NULLS.contains(plain) ? JsonNull.INSTANCE : new JsonPrimitive(plain);
  }

  private static JsonElement flow(String text) throws IOException {
    int comment = text.lastIndexOf(" #");
    try {
      return Json.parse(text);
    } catch (IOException notJson) {
      if (comment > 0) {
        try {
          return Json.parse(text.substring(0, comment));
        } catch (IOException notEither) {
          notJson.addSuppressed(notEither);
        }
      }
      throw new IOException(
          "braces and brackets are supported on one line, with all texts in double quotes",
          notJson);
    }
  }

  private static void requireComment(String rest) throws IOException {
    if (!rest.isBlank() && !rest.startsWith(" #")) {
      throw new IOException("there is content after the quoted text");
    }
  }

  /// Returns the position after the closing quote of a text that begins with a quote; -1 if none.
  private static int endOfQuoted(String text) {
    char quote = text.charAt(0);
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quote == '"') {
        i++;
      } else if (c == quote) {
        if (quote == '\'' && i + 1 < text.length() && text.charAt(i + 1) == quote) {
          i++;
        } else {
          return i + 1;
        }
      }
    }
    return -1;
  }

  /// Supports the escapes that JSON has, too. They are all that kubectl writes.
  private static String unescape(String inside) throws IOException {
    try {
      return Json.parse("[\"" + inside + "\"]").getAsJsonArray().get(0).getAsString();
    } catch (IOException unknown) {
      throw new IOException("an escape in the quoted text is not supported", unknown);
    }
  }
}
