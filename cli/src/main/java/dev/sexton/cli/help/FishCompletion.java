package dev.sexton.cli.help;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.Candidates;
import dev.sexton.cli.option.OptionSpec;
import java.util.ArrayList;
import java.util.List;

/// Writes the completion script for fish 3 and newer.
final class FishCompletion {
  private static final String START = "complete -c sexton -n ";

  private FishCompletion() {}

  /// Returns the script.
  static String script(List<Command> commands) {
    List<String> lines = new ArrayList<>();
    String first = START + "'__sexton_in \"\"'";
    for (Command command : commands) {
      lines.add(first + " -a " + command.name() + describe(command.summary()));
    }
    addOptions(lines, first, Arguments.COMMON);
    for (Command command : commands) {
      String in = START + "'__sexton_in " + command.name() + "'";
      addOptions(lines, in, CommandCatalog.options(command));
      addOperands(lines, in, command, commands);
    }
    return CompletionTemplate.of("fish")
        .put(
            "with_value",
            String.join(
                " ",
                CompletionTemplate.withValue(commands).stream()
                    .map(FishCompletion::quote)
                    .toList()))
        .put("declarations", lines)
        .text();
  }

  private static void addOperands(
      List<String> lines, String in, Command command, List<Command> commands) {
    Candidates operands = Candidates.of(command.operands());
    switch (operands.kind()) {
      case PROGRAM ->
          lines.add(START + "'__sexton_behind " + command.name() + "' -a '(__sexton_program)'");
      case COMMAND -> lines.add(in + " -a " + words(commands.stream().map(Command::name).toList()));
      default -> {
        String action = action(operands);
        if (!action.isEmpty()) {
          lines.add(in + action);
        }
      }
    }
  }

  private static void addOptions(List<String> lines, String start, List<OptionSpec> options) {
    for (OptionSpec option : options) {
      lines.add(
          start
              + (option.letter() == null ? "" : " -s " + option.letter())
              + " -l "
              + option.name()
              + (option.valueName() == null ? "" : value(Candidates.of(option.valueName())))
              + describe(option.brief()));
    }
  }

  private static String value(Candidates candidates) {
    return candidates.kind() == Candidates.Kind.FILE ? " -r -F" : " -x" + action(candidates);
  }

  private static String action(Candidates candidates) {
    return switch (candidates.kind()) {
      case NONE -> candidates.words().isEmpty() ? "" : " -a " + words(candidates.words());
      case FILE -> " -F";
      case DIRECTORY -> " -a '(__fish_complete_directories)'";
      case INSTANCE -> " -a '(__sexton_instances)'";
      case INSTANCE_OR_NAME -> " -a '(__sexton_servers)'";
      case PROGRAM, COMMAND -> throw new IllegalArgumentException("not a value of an option");
    };
  }

  private static String describe(String text) {
    return " -d " + quote(text);
  }

  private static String words(List<String> words) {
    return quote(String.join(" ", words));
  }

  private static String quote(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
