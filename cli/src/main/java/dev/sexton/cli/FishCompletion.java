package dev.sexton.cli;

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
      Candidates operands = Candidates.of(command.operands());
      if (operands.kind() == Candidates.Kind.PROGRAM) {
        lines.add(START + "'__sexton_behind " + command.name() + "' -a '(__sexton_program)'");
      } else if (operands.kind() == Candidates.Kind.COMMAND) {
        lines.add(
            in + " -a " + quote(String.join(" ", commands.stream().map(Command::name).toList())));
      } else {
        lines.add(in + action(operands));
      }
    }
    lines.removeIf(line -> line.endsWith("'") && line.matches(START + "'__sexton_in [a-z]+'"));
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

  private static void addOptions(List<String> lines, String start, List<OptionSpec> options) {
    for (OptionSpec option : options) {
      lines.add(
          start
              + (option.letter() == null ? "" : " -s " + option.letter())
              + " -l "
              + option.name()
              + (option.valueName() == null ? "" : value(Candidates.of(option.valueName())))
              + describe(brief(option)));
    }
  }

  private static String value(Candidates candidates) {
    return candidates.kind() == Candidates.Kind.FILE ? " -r -F" : " -x" + action(candidates);
  }

  private static String action(Candidates candidates) {
    return switch (candidates.kind()) {
      case NONE ->
          candidates.words().isEmpty() ? "" : " -a " + quote(String.join(" ", candidates.words()));
      case FILE -> " -F";
      case DIRECTORY -> " -a '(__fish_complete_directories)'";
      case INSTANCE -> " -a '(__sexton_instances)'";
      case INSTANCE_OR_NAME -> " -a '(__sexton_servers)'";
      case PROGRAM, COMMAND -> throw new IllegalArgumentException("not a value of an option");
    };
  }

  /// Returns what an option does, as far as its line in a list of candidates needs it.
  static String brief(OptionSpec option) {
    return option.help().split("[;.] ", 2)[0];
  }

  private static String describe(String text) {
    return " -d " + quote(text);
  }

  private static String quote(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
