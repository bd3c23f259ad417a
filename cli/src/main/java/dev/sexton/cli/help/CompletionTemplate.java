package dev.sexton.cli.help;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.OptionSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// A completion script with markers, such as `@options@`, for the parts that the declarations of
/// commands and options yield.
final class CompletionTemplate {
  private String text;

  private CompletionTemplate(String text) {
    this.text = text;
  }

  /// Returns the template for a shell, a resource of this package.
  static CompletionTemplate of(String shell) {
    try (InputStream resource =
        CompletionTemplate.class.getResourceAsStream("completion." + shell)) {
      if (resource == null) {
        throw new IllegalStateException("no template for " + shell);
      }
      return new CompletionTemplate(new String(resource.readAllBytes(), UTF_8));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// Replaces a marker by text.
  CompletionTemplate put(String marker, String value) {
    text = text.replace("@" + marker + "@", value);
    return this;
  }

  /// Replaces a marker, which is a line of its own, by lines.
  CompletionTemplate put(String marker, List<String> lines) {
    return put(marker, String.join("\n", lines));
  }

  String text() {
    return text;
  }

  /// Returns the patterns of words `COMMAND:OPTION` whose option takes a value. An option of all
  /// commands may also precede the command.
  static List<String> withValue(List<Command> commands) {
    List<String> patterns =
        new ArrayList<>(
            Arguments.COMMON.stream()
                .filter(option -> option.valueName() != null)
                .map(option -> "*:--" + option.name())
                .toList());
    for (Command command : commands) {
      for (OptionSpec option : command.ownOptions()) {
        if (option.valueName() != null) {
          patterns.add(command.name() + ":--" + option.name());
        }
      }
    }
    return patterns;
  }
}
