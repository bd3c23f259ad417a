package dev.sexton.cli.setup;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A value in a configuration file, with its place in the text.
sealed interface Value {
  /// Returns the index of its first character.
  int start();

  /// Returns the index after its last character.
  int end();

  /// A string.
  ///
  /// @param content the string without quotes and escapes
  record Text(int start, int end, String content) implements Value {}

  /// An array.
  record Items(int start, int end, List<Value> values) implements Value {}

  /// An object, or an inline table.
  record Members(int start, int end, List<Member> members) implements Value {
    /// Returns the value of a key; null if absent.
    @Nullable Value get(String key) {
      for (Member member : members) {
        if (member.key().equals(key)) {
          return member.value();
        }
      }
      return null;
    }
  }

  /// A number, a date, true, false or null.
  record Other(int start, int end) implements Value {}

  /// A key with its value.
  ///
  /// @param start the index of the key's first character
  record Member(int start, String key, Value value) {}
}
