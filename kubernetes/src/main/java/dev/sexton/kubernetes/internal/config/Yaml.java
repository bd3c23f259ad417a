package dev.sexton.kubernetes.internal.config;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.sexton.internal.http.Json;
import dev.sexton.kubernetes.internal.config.YamlLines.Line;
import java.io.IOException;

/// Reads the part of YAML that kubectl writes, and JSON: maps and lists in block style, plain and
/// quoted values on one line, and comments. Everything else is an error that names the line,
/// because a misread configuration could lead to another cluster. For use by one thread.
final class Yaml {
  /// A kubeconfig has six levels.
  private static final int MAX_DEPTH = 50;

  private final YamlLines lines;
  private int depth;

  private Yaml(YamlLines lines) {
    this.lines = lines;
  }

  /// Parses a document whose top is a map.
  ///
  /// @param source the file's name, which begins error messages
  /// @return strings, nulls, and what contains them; in JSON also numbers and booleans
  /// @throws IOException if it is not of a supported form; the message names the line
  static JsonObject parse(String text, String source) throws IOException {
    if (text.stripLeading().startsWith("{")) {
      try {
        return Json.object(text);
      } catch (IOException invalid) {
        throw new IOException(source + " is " + invalid.getMessage(), invalid);
      }
    }
    YamlLines lines = new YamlLines(text, source);
    Line first = lines.peek();
    if (first == null) {
      return new JsonObject();
    }
    JsonElement top = new Yaml(lines).block(first);
    Line left = lines.peek();
    if (left != null) {
      throw lines.error(left.number(), "it is indented less than the first line");
    }
    if (top instanceof JsonObject map) {
      return map;
    }
    throw lines.error(first.number(), "the file must be a map of keys and values");
  }

  /// Reads the map, list or value that begins at the next line.
  private JsonElement block(Line first) throws IOException {
    if (++depth > MAX_DEPTH) {
      throw lines.error(first.number(), "it is nested too deeply");
    }
    JsonElement value;
    if (first.isEntry()) {
      value = list(first.indent());
    } else if (YamlScalar.colon(first.text()) >= 0) {
      value = map(first.indent());
    } else {
      value = scalar(first, first.text());
      lines.skip();
    }
    depth--;
    return value;
  }

  private JsonObject map(int indent) throws IOException {
    JsonObject map = new JsonObject();
    for (Line line = lines.peek(); line != null && line.indent() >= indent; line = lines.peek()) {
      int colon = line.isEntry() ? -1 : YamlScalar.colon(line.text());
      if (line.indent() > indent || colon < 0) {
        throw lines.error(
            line.number(), "a key with a colon is expected at column " + (indent + 1));
      }
      JsonElement key = scalar(line, line.text().substring(0, colon));
      if (!key.isJsonPrimitive() || map.has(key.getAsString())) {
        throw lines.error(line.number(), "the key is null, or is there twice");
      }
      lines.skip();
      String rest = line.text().substring(colon + 1).strip();
      map.add(key.getAsString(), isNothing(rest) ? below(indent, true) : scalar(line, rest));
    }
    return map;
  }

  private JsonArray list(int indent) throws IOException {
    JsonArray list = new JsonArray();
    for (Line line = lines.peek();
        line != null && line.indent() == indent && line.isEntry();
        line = lines.peek()) {
      String rest = line.text().substring(1).stripLeading();
      if (isNothing(rest)) {
        lines.skip();
        list.add(below(indent, false));
      } else {
        int column = indent + line.text().length() - rest.length();
        Line inner = new Line(line.number(), column, rest);
        lines.replace(inner);
        list.add(block(inner));
      }
    }
    Line after = lines.peek();
    if (after != null && after.indent() > indent) {
      throw lines.error(after.number(), "a dash is expected at column " + (indent + 1));
    }
    return list;
  }

  /// Reads what is indented below a key or dash; null if there is nothing.
  ///
  /// @param aligned whether a list may begin at the same column, as below a key
  private JsonElement below(int indent, boolean aligned) throws IOException {
    Line next = lines.peek();
    boolean isBelow =
        next != null
            && (next.indent() > indent || (aligned && next.indent() == indent && next.isEntry()));
    return next != null && isBelow ? block(next) : JsonNull.INSTANCE;
  }

  private static boolean isNothing(String rest) {
    return rest.isEmpty() || rest.startsWith("#");
  }

  private JsonElement scalar(Line line, String text) throws IOException {
    try {
      return YamlScalar.parse(text.strip());
    } catch (IOException problem) {
      IOException located = lines.error(line.number(), String.valueOf(problem.getMessage()));
      located.initCause(problem);
      throw located;
    }
  }
}
