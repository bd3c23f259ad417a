package dev.sexton.kubernetes.internal.config;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The lines of a YAML document that have content, with a position. For use by one thread.
final class YamlLines {
  /// A line.
  ///
  /// @param number its number in the file, from 1
  /// @param indent the number of spaces before the text
  /// @param text the text without these spaces, and without spaces at the end
  record Line(int number, int indent, String text) {
    /// Returns whether an entry of a list begins here.
    boolean isEntry() {
      return text.equals("-") || text.startsWith("- ");
    }
  }

  private final String source;
  private final List<Line> lines = new ArrayList<>();
  private int position;

  /// Splits a document.
  ///
  /// @param source the file's name, which begins error messages
  YamlLines(String text, String source) throws IOException {
    this.source = source;
    boolean begun = false;
    int number = 0;
    for (String raw : text.split("\n", -1)) {
      number++;
      String line = raw.stripTrailing();
      int indent = 0;
      while (indent < line.length() && line.charAt(indent) == ' ') {
        indent++;
      }
      String content = line.substring(indent);
      if (content.startsWith("\t")) {
        throw error(number, "it is indented with a tab; use spaces");
      }
      if (content.isEmpty() || content.startsWith("#") || (!begun && line.equals("---"))) {
        continue;
      }
      if (line.equals("---") || line.equals("...")) {
        throw error(number, "only one document is supported; remove what begins here");
      }
      begun = true;
      lines.add(new Line(number, indent, content));
    }
  }

  /// Returns the next line without reading it; null at the end.
  @Nullable Line peek() {
    return position < lines.size() ? lines.get(position) : null;
  }

  /// Reads the next line, which must exist.
  void skip() {
    position++;
  }

  /// Replaces the next line with the part of it that follows, for example, a dash.
  void replace(Line rest) {
    lines.set(position, rest);
  }

  /// Returns the exception for a line.
  IOException error(int number, String problem) {
    return new IOException(source + ", line " + number + ": " + problem);
  }
}
