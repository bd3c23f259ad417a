package dev.sexton.cli.help;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.Candidates;
import dev.sexton.cli.option.OptionSpec;
import java.util.ArrayList;
import java.util.List;

/// Writes the completion script for zsh.
final class ZshCompletion {
  private ZshCompletion() {}

  /// Returns the script.
  static String script(List<Command> commands) {
    List<String> names = new ArrayList<>();
    List<String> arms = new ArrayList<>();
    for (Command command : commands) {
      names.add("    " + quote(command.name() + ":" + command.summary()));
      Candidates operands = Candidates.of(command.operands());
      boolean runs = operands.kind() == Candidates.Kind.PROGRAM;
      arms.add("    " + command.name() + ")");
      arms.add("      _arguments -s -S" + (runs ? " -A '-*'" : "") + " \\");
      arms.addAll(specs("        ", CommandCatalog.options(command)));
      arms.add("        " + operands(command, operands) + " && ret=0");
      arms.add("      ;;");
    }
    return CompletionTemplate.of("zsh")
        .put("commands", names)
        .put("common", specs("    ", Arguments.COMMON))
        .put("arms", arms)
        .text();
  }

  private static String operands(Command command, Candidates candidates) {
    if (candidates.kind() == Candidates.Kind.PROGRAM) {
      return "'(-)1:program: _command_names -e' '*::arguments: _normal'";
    }
    String message = command.operands().isEmpty() ? "no arguments" : command.operands();
    return quote("1:" + escape(message) + ":" + action(candidates));
  }

  private static List<String> specs(String indent, List<OptionSpec> options) {
    return options.stream().map(option -> indent + spec(option) + " \\").toList();
  }

  /// Returns an option for `_arguments`, such as `'*--keep=[also keep this program]:PATTERN: '`.
  private static String spec(OptionSpec option) {
    String text = "[" + escape(option.brief()) + "]";
    if (option.valueName() != null) {
      return quote(
          (option.isRepeatable() ? "*" : "")
              + "--"
              + option.name()
              + "="
              + text
              + ":"
              + escape(option.valueName())
              + ":"
              + action(Candidates.of(option.valueName())));
    }
    return option.letter() == null
        ? quote("--" + option.name() + text)
        : "{-" + option.letter() + ",--" + option.name() + "}" + quote(text);
  }

  private static String action(Candidates candidates) {
    return switch (candidates.kind()) {
      case NONE ->
          candidates.words().isEmpty() ? " " : "(" + String.join(" ", candidates.words()) + ")";
      case FILE -> "_files";
      case DIRECTORY -> "_files -/";
      case INSTANCE -> "_sexton_instances";
      case INSTANCE_OR_NAME -> "_sexton_servers";
      case PROGRAM -> "_normal";
      case COMMAND -> "_sexton_commands";
    };
  }

  /// Escapes the characters that separate the parts of an argument of `_arguments`.
  private static String escape(String text) {
    return text.replaceAll("[\\\\:\\[\\]]", "\\\\$0");
  }

  private static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
