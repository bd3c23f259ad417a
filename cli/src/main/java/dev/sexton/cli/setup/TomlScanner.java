package dev.sexton.cli.setup;

import dev.sexton.cli.setup.Value.Other;
import dev.sexton.cli.setup.Value.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads TOML and keeps the place of every value.
final class TomlScanner extends Scanner {
  /// An assignment in a file.
  ///
  /// @param start the index of the key's first character
  /// @param path the keys of the table and of the assignment
  /// @param prefix what precedes the last key in the assignment, such as `servers.github.`
  record Assignment(int start, List<String> path, String prefix, Value value) {}

  private static final String ARRAY = "[]";

  private final List<Assignment> assignments = new ArrayList<>();
  private List<String> table = List.of();
  private final Set<List<String>> paths = new HashSet<>();
  private int tables;

  /// The index of the key that was read last.
  private int lastKey;

  private TomlScanner(String text) {
    super(text);
  }

  /// Returns all assignments of a file, in its order. Those in an array of tables have a path that
  /// no other table has.
  static List<Assignment> read(String text) throws MalformedException {
    TomlScanner scanner = new TomlScanner(text);
    scanner.file();
    return scanner.assignments;
  }

  private void file() throws MalformedException {
    skipSpace();
    while (!isAtEnd()) {
      if (isNext("[[")) {
        at += 2;
        List<String> path = new ArrayList<>(path());
        expect(']');
        expect(']');
        path.add(ARRAY + ++tables);
        table = path;
      } else if (peek() == '[') {
        at++;
        table = path();
        expect(']');
      } else {
        assignment();
      }
      skipRestOfLine();
      if (!isAtEnd() && peek() != '\n') {
        throw malformed("expected the end of the line but found " + found());
      }
      skipSpace();
    }
  }

  private void assignment() throws MalformedException {
    int start = at;
    List<String> path = new ArrayList<>(table);
    path.addAll(path());
    String prefix = text.substring(start, lastKey);
    skipToValue();
    if (!paths.add(path)) {
      throw twice(String.join(".", path));
    }
    assignments.add(new Assignment(start, path, prefix, value()));
  }

  private List<String> path() throws MalformedException {
    List<String> path = new ArrayList<>();
    skipBlanks();
    path.add(key());
    skipBlanks();
    while (peek() == '.') {
      at++;
      skipBlanks();
      path.add(key());
      skipBlanks();
    }
    return path;
  }

  private String key() throws MalformedException {
    lastKey = at;
    if (peek() == '"' || peek() == '\'') {
      return line(peek()).content();
    }
    int start = at;
    while (!isAtEnd() && (Character.isLetterOrDigit(peek()) || peek() == '_' || peek() == '-')) {
      at++;
    }
    if (at == start) {
      throw malformed("expected a key but found " + found());
    }
    return text.substring(start, at);
  }

  private void skipBlanks() {
    while (peek() == ' ' || peek() == '\t') {
      at++;
    }
  }

  /// Skips blanks and a comment, up to the end of the line.
  private void skipRestOfLine() {
    skipBlanks();
    if (peek() == '#') {
      skipLine();
    }
    if (isNext("\r\n")) {
      at++;
    }
  }

  /// Skips blanks, comments and the ends of lines.
  @Override
  void skipSpace() {
    skipRestOfLine();
    while (peek() == '\n') {
      at++;
      skipRestOfLine();
    }
  }

  @Override
  Value value() throws MalformedException {
    if (isNext("\"\"\"") || isNext("'''")) {
      return lines(text.substring(at, at + 3));
    }
    return switch (peek()) {
      case '"', '\'' -> line(peek());
      case '[' -> items();
      case '{' -> members();
      default -> other();
    };
  }

  @Override
  String memberKey() throws MalformedException {
    return String.join(".", path());
  }

  @Override
  void skipToValue() throws MalformedException {
    expect('=');
    skipBlanks();
  }

  /// Reads a string on one line.
  private Text line(char quote) throws MalformedException {
    int start = at;
    StringBuilder content = new StringBuilder();
    at++;
    while (peek() != quote) {
      if (isAtEnd() || peek() == '\n') {
        throw malformed("an unterminated string");
      }
      take(content, quote);
    }
    at++;
    return new Text(start, at, content.toString());
  }

  /// Reads a string on several lines. A newline right after the quotes does not count.
  private Text lines(String quotes) throws MalformedException {
    int start = at;
    StringBuilder content = new StringBuilder();
    at += 3;
    if (isNext("\r\n")) {
      at += 2;
    } else if (peek() == '\n') {
      at++;
    }
    while (!isNext(quotes) || isNext(quotes + quotes.charAt(0))) {
      if (isAtEnd()) {
        throw malformed("an unterminated string");
      }
      take(content, quotes.charAt(0));
    }
    at += 3;
    return new Text(start, at, content.toString());
  }

  /// Takes the next character, or what its escape stands for.
  private void take(StringBuilder content, char quote) throws MalformedException {
    char character = text.charAt(at++);
    if (character != '\\' || quote == '\'') {
      content.append(character);
      return;
    }
    character = peek();
    at++;
    switch (character) {
      case '"', '\\' -> content.append(character);
      case 'b' -> content.append('\b');
      case 'e' -> content.append('\u001b');
      case 'f' -> content.append('\f');
      case 'n' -> content.append('\n');
      case 'r' -> content.append('\r');
      case 't' -> content.append('\t');
      case 'x' -> content.append((char) hexadecimal(2));
      case 'u' -> content.append((char) hexadecimal(4));
      case 'U' -> {
        int code = hexadecimal(8);
        if (!Character.isValidCodePoint(code)) {
          throw malformed("an invalid escape");
        }
        content.appendCodePoint(code);
      }
      case ' ', '\t', '\r', '\n' -> { // The line goes on in the next one.
        while (!isAtEnd() && " \t\r\n".indexOf(peek()) >= 0) {
          at++;
        }
      }
      default -> throw malformed("an invalid escape");
    }
  }

  /// Reads a number, a date or a truth value. Only its end has to be known.
  private Other other() throws MalformedException {
    int start = at;
    while (!isAtEnd() && ",]}#\r\n".indexOf(peek()) < 0) {
      at++;
    }
    int end = at;
    while (end > start && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
      end--;
    }
    if (!text.substring(start, end).matches("[A-Za-z0-9+_.:-]+( [0-9.:+Z-]+)?")) {
      at = start;
      throw malformed("expected a value but found " + found());
    }
    at = end;
    return new Other(start, end);
  }
}
