package dev.sexton.cli.help;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.Candidates;
import dev.sexton.cli.option.OptionSpec;
import java.util.ArrayList;
import java.util.List;

/// Writes the completion script for bash 3.2 and newer.
final class BashCompletion {
  private BashCompletion() {}

  /// Returns the script.
  static String script(List<Command> commands) {
    List<String> names = commands.stream().map(Command::name).toList();
    List<String> options = new ArrayList<>(List.of("          '') " + words(Arguments.COMMON)));
    List<String> operands =
        new ArrayList<>(List.of("          '') words='" + join(names) + "' ;;"));
    List<String> values = new ArrayList<>();
    List<String> programs = new ArrayList<>();
    addValues(values, "*", Arguments.COMMON);
    for (Command command : commands) {
      String arm = "          " + command.name() + ") ";
      options.add(arm + words(CommandCatalog.options(command)));
      addValues(values, command.name(), command.ownOptions());
      Candidates candidates = Candidates.of(command.operands());
      if (candidates.kind() == Candidates.Kind.PROGRAM) {
        programs.add(command.name() + ":*");
      }
      String action = action(candidates, names);
      if (!action.isEmpty()) {
        operands.add(arm + action + " ;;");
      }
    }
    return CompletionTemplate.of("bash")
        .put("with_value", String.join(" | ", CompletionTemplate.withValue(commands)))
        .put("with_program", String.join(" | ", programs))
        .put("options", options)
        .put("operands", operands)
        .put("values", values)
        .text();
  }

  private static void addValues(List<String> arms, String command, List<OptionSpec> options) {
    for (OptionSpec option : options) {
      String action = action(Candidates.of(option.valueName()), List.of());
      if (!action.isEmpty()) {
        arms.add("    " + command + ":--" + option.name() + ") " + action + " ;;");
      }
    }
  }

  /// Returns the statement that offers candidates; empty if there are none.
  private static String action(Candidates candidates, List<String> commands) {
    return switch (candidates.kind()) {
      case NONE -> candidates.words().isEmpty() ? "" : "words='" + join(candidates.words()) + "'";
      case FILE -> "_sexton_files -f";
      case DIRECTORY -> "_sexton_files -d";
      case INSTANCE -> "_sexton_instances \"$1\" ids";
      case INSTANCE_OR_NAME -> "_sexton_instances \"$1\" names";
      case PROGRAM -> "_sexton_program \"$COMP_CWORD\"";
      case COMMAND -> "words='" + join(commands) + "'";
    };
  }

  private static String words(List<OptionSpec> options) {
    List<String> words = new ArrayList<>();
    for (OptionSpec option : options) {
      words.add("--" + option.name());
      if (option.letter() != null) {
        words.add("-" + option.letter());
      }
    }
    return "words='" + join(words) + "' ;;";
  }

  private static String join(List<String> words) {
    return String.join(" ", words);
  }
}
