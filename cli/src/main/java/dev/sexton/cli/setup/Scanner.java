package dev.sexton.cli.setup;

import dev.sexton.cli.setup.Value.Items;
import dev.sexton.cli.setup.Value.Member;
import dev.sexton.cli.setup.Value.Members;
import java.util.ArrayList;
import java.util.List;

/// Reads a text. Arrays and objects are alike in all formats; [JsonScanner] and [TomlScanner] know
/// what differs.
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

  /// Skips what may be between a value and a comma or bracket.
  abstract void skipSpace() throws MalformedException;

  /// Reads a value of any kind.
  abstract Value value() throws MalformedException;

  /// Reads the key of a member.
  abstract String memberKey() throws MalformedException;

  /// Skips what is between the key of a member and its value.
  abstract void skipToValue() throws MalformedException;

  /// Reads an object.
  final Members members() throws MalformedException {
    int start = at;
    List<Member> members = new ArrayList<>();
    enter();
    expect('{');
    skipSpace();
    while (peek() != '}') {
      int keyStart = at;
      String key = memberKey();
      requireNew(members, key);
      skipToValue();
      members.add(new Member(keyStart, key, value()));
      skipSeparator('}');
    }
    at++;
    leave();
    return new Members(start, at, members);
  }

  /// Reads an array.
  final Items items() throws MalformedException {
    int start = at;
    List<Value> values = new ArrayList<>();
    enter();
    expect('[');
    skipSpace();
    while (peek() != ']') {
      values.add(value());
      skipSeparator(']');
    }
    at++;
    leave();
    return new Items(start, at, values);
  }

  /// Skips a comma, which may precede the end.
  private void skipSeparator(char end) throws MalformedException {
    skipSpace();
    if (peek() == ',') {
      at++;
      skipSpace();
    } else if (peek() != end) {
      throw malformed("expected a comma or " + end + " but found " + found());
    }
  }

  /// Rejects a key that is there already. Which one counts depends on the client.
  private void requireNew(List<Member> members, String key) throws MalformedException {
    for (Member member : members) {
      if (member.key().equals(key)) {
        throw twice(key);
      }
    }
  }

  final MalformedException twice(String key) {
    return malformed("the key " + key + " is there twice: the second is");
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

  private void enter() throws MalformedException {
    if (++depth > MAX_DEPTH) {
      throw malformed("more than " + MAX_DEPTH + " levels");
    }
  }

  private void leave() {
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
}
