package dev.sexton.cli.option;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a shell offers where the help shows a placeholder. It follows from the placeholder, so
/// commands and options do not declare it.
///
/// @param kind the kind of values
/// @param words the fixed values, such as `stop` and `keep`
public record Candidates(Kind kind, List<String> words) {
  /// The kinds of values that a shell can list.
  public enum Kind {
    /// Only the user knows the value.
    NONE,
    FILE,
    DIRECTORY,
    /// The UUID of an instance.
    INSTANCE,
    /// The UUID or the name of an instance.
    INSTANCE_OR_NAME,
    /// A program with its arguments.
    PROGRAM,
    /// A command of Sexton.
    COMMAND
  }

  /// Returns the candidates for a placeholder. Its alternatives in lower case are values
  /// themselves, as in `TIME|never`.
  ///
  /// @param placeholder as in the help; null or empty if there is no value
  public static Candidates of(@Nullable String placeholder) {
    String text = placeholder == null ? "" : placeholder;
    List<String> words = new ArrayList<>();
    for (String alternative : text.split("\\|", -1)) {
      if (alternative.matches("[a-z]+")) {
        words.add(alternative);
      }
    }
    return new Candidates(kind(text), List.copyOf(words));
  }

  private static Kind kind(String placeholder) {
    return switch (placeholder) {
      case "FILE" -> Kind.FILE;
      case "DIR" -> Kind.DIRECTORY;
      case "UUID" -> Kind.INSTANCE;
      case "UUID|PREFIX|NAME" -> Kind.INSTANCE_OR_NAME;
      case "[COMMAND]" -> Kind.COMMAND;
      case "[--] COMMAND [ARG…]" -> Kind.PROGRAM;
      default -> Kind.NONE;
    };
  }
}
