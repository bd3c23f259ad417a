package dev.sexton.cli.setup;

import dev.sexton.cli.setup.Value.Other;
import dev.sexton.cli.setup.Value.Text;

/// Reads JSON with comments and trailing commas, as clients do, and keeps the place of every value.
final class JsonScanner extends Scanner {
  private JsonScanner(String text) {
    super(text);
  }

  /// Returns the value that a whole file holds.
  static Value read(String text) throws MalformedException {
    JsonScanner scanner = new JsonScanner(text);
    scanner.skipSpace();
    Value value = scanner.value();
    scanner.skipSpace();
    if (!scanner.isAtEnd()) {
      throw scanner.malformed("something after the end of the JSON value");
    }
    return value;
  }

  @Override
  void skipSpace() throws MalformedException {
    while (!isAtEnd()) {
      if (" \t\r\n".indexOf(peek()) >= 0) {
        at++;
      } else if (isNext("//")) {
        skipLine();
      } else if (isNext("/*")) {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
          throw malformed("an unterminated comment");
        }
        at = end + 2;
      } else {
        return;
      }
    }
  }

  @Override
  Value value() throws MalformedException {
    return switch (peek()) {
      case '{' -> members();
      case '[' -> items();
      case '"' -> string();
      default -> other();
    };
  }

  @Override
  String memberKey() throws MalformedException {
    if (peek() != '"') {
      throw malformed("expected a key in quotes but found " + found());
    }
    return string().content();
  }

  @Override
  void skipToValue() throws MalformedException {
    skipSpace();
    expect(':');
    skipSpace();
  }

  private Text string() throws MalformedException {
    int start = at;
    StringBuilder content = new StringBuilder();
    expect('"');
    while (peek() != '"') {
      if (isAtEnd() || peek() < ' ') {
        throw malformed("an unterminated string");
      }
      char character = text.charAt(at++);
      content.append(character == '\\' ? escaped() : character);
    }
    at++;
    return new Text(start, at, content.toString());
  }

  private char escaped() throws MalformedException {
    char character = peek();
    at++;
    return switch (character) {
      case '"', '\\', '/' -> character;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> (char) hexadecimal(4);
      default -> throw malformed("an invalid escape");
    };
  }

  private Other other() throws MalformedException {
    int start = at;
    while (!isAtEnd() && (Character.isLetterOrDigit(peek()) || "+-.".indexOf(peek()) >= 0)) {
      at++;
    }
    String word = text.substring(start, at);
    if (!word.matches("true|false|null|-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
      at = start;
      throw malformed("expected a value but found " + found());
    }
    return new Other(start, at);
  }
}
