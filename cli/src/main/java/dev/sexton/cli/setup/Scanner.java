package dev.sexton.cli.setup;

import java.util.List;

/// Reads characters of a text in turn. [JsonScanner] and [TomlScanner] read values with it.
abstract class Scanner {
  /// More than any configuration has, and fewer than the stack of the JVM can hold.
  private static final int MAX_DEPTH = 200;

  final String text;
  int at;
  private int depth;

  Scanner(String text) {
    this.text = text;
    this.at = text.startsWith("\uFEFF") ? 1 : 0;
  }

  final MalformedException malformed(String problem) {
    return MalformedException.at(text, at, problem);
  }

  final boolean isAtEnd() {
    return at >= text.length();
  }

  /// Returns the next character; a NUL character at the end.
  final char peek() {
    return isAtEnd() ? 0 : text.charAt(at);
  }

  final boolean isNext(String word) {
    return text.startsWith(word, at);
  }

  final void expect(char character) throws MalformedException {
    if (peek() != character) {
      throw malformed("expected " + character + " but found " + found());
    }
    at++;
  }

  final String found() {
    return isAtEnd() ? "the end of the file" : String.valueOf(peek());
  }

  final void enter() throws MalformedException {
    if (++depth > MAX_DEPTH) {
      throw malformed("more than " + MAX_DEPTH + " levels");
    }
  }

  final void leave() {
    depth--;
  }

  /// Skips to the end of the line.
  final void skipLine() {
    while (!isAtEnd() && peek() != '\n') {
      at++;
    }
  }

  /// Reads hexadecimal digits.
  final int hexadecimal(int digits) throws MalformedException {
    if (at + digits > text.length()) {
      throw malformed("an incomplete escape");
    }
    int code = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(text.charAt(at + i), 16);
      if (digit < 0) {
        throw malformed("an invalid escape");
      }
      code = code * 16 + digit;
    }
    at += digits;
    return code;
  }

  /// Rejects a key that is there already. Which one counts depends on the client.
  final void requireNew(List<Value.Member> members, String key) throws MalformedException {
    for (Value.Member member : members) {
      if (member.key().equals(key)) {
        throw malformed("the key " + key + " is there twice: the second is");
      }
    }
  }
}
