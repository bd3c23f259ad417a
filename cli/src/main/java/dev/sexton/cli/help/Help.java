package dev.sexton.cli.help;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.command.CommandRegistry;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.OptionGroup;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.JsonOut;
import dev.sexton.cli.output.Version;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The help and the version. The help is made from what the commands declare; no line of it is
/// wider than a terminal usually is.
public final class Help {
  private static final int WIDTH = 80;

  /// The explanation of an option with a longer name begins in the same column nevertheless.
  private static final int MAX_TERM = 26;

  private static final String INDENT = "  ";

  private final StringBuilder text = new StringBuilder();

  private Help() {}

  /// Prints a help text.
  public static int print(Io io, String text, boolean json) {
    return print(io, "help", text, json);
  }

  /// Prints a text that the commands' declarations yield.
  ///
  /// @param key its key in the JSON document
  public static int print(Io io, String key, String text, boolean json) {
    if (json) {
      JsonOut.document(
          io.out(), out -> out.name("version").value(Version.TEXT).name(key).value(text));
    } else {
      io.out().print(text);
    }
    return ExitCode.DONE;
  }

  public static int printVersion(Io io, boolean json) {
    if (json) {
      JsonOut.document(io.out(), out -> out.name("version").value(Version.TEXT));
    } else {
      io.screen().line("sexton " + Version.TEXT);
    }
    return ExitCode.DONE;
  }

  /// Returns the help of `sexton` itself.
  public static String overview(CommandRegistry commands) {
    Help help = new Help();
    help.text.append("sexton: when a server dies, everything it started is cleaned up.\n\n");
    List<String> names = commands.names();
    int width = names.stream().mapToInt(String::length).max().orElse(0) + "sexton ".length();
    names.forEach(name -> help.entry("sexton " + name, commands.summary(name), width));
    help.text.append("\nOptions of every command:\n\n");
    help.options(Arguments.COMMON);
    help.text.append(
        "\nExit codes: 0 done, 1 something is left, 2 wrong usage, 3 cannot work here.\n");
    return help.text.toString();
  }

  /// Returns the help of one command.
  public static String of(Command command) {
    Help help = new Help();
    help.addSynopsis(command);
    for (String paragraph : command.description().strip().split("\n\n", -1)) {
      help.paragraph(paragraph);
    }
    for (OptionGroup group : command.optionGroups()) {
      if (!group.introduction().isEmpty()) {
        help.paragraph(group.introduction());
      }
      help.text.append('\n');
      help.options(group.options());
    }
    if (!command.exitCodes().isEmpty()) {
      help.paragraph(command.exitCodes());
    }
    return help.text.toString();
  }

  /// Returns the forms in which a command can be written, in one or more lines each.
  static String synopsis(Command command) {
    Help help = new Help();
    help.addSynopsis(command);
    return help.text.toString();
  }

  private void addSynopsis(Command command) {
    List<String> words = new ArrayList<>();
    for (OptionGroup group : command.optionGroups()) {
      group.options().forEach(option -> words.add(option.synopsis()));
    }
    for (OptionSpec option : Arguments.COMMON) {
      if (command.commonOptions().contains(option.name())) {
        words.add(option.synopsis());
      }
    }
    if (!command.operands().isEmpty()) {
      words.add(command.operands());
    }
    String start = "sexton " + command.name() + " ";
    wrap(start, " ".repeat(start.length()), words);
    for (String form : command.otherForms()) {
      text.append(start).append(form).append('\n');
    }
  }

  private void paragraph(String paragraph) {
    text.append('\n');
    wrap(INDENT, INDENT, Arrays.asList(paragraph.strip().split("\\s+", -1)));
  }

  private void options(List<OptionSpec> options) {
    int width = 0;
    for (OptionSpec option : options) {
      width = Math.max(width, Math.min(MAX_TERM, option.term().length()));
    }
    for (OptionSpec option : options) {
      entry(option.term(), option.help() + (option.isRepeatable() ? "; repeatable" : ""), width);
    }
  }

  /// Adds a term and its explanation, which begins in the same column for all terms.
  private void entry(String term, String explanation, int width) {
    String hanging = INDENT + " ".repeat(width + 2);
    String start = INDENT + term + " ".repeat(Math.max(2, width + 2 - term.length()));
    wrap(start, hanging, Arrays.asList(explanation.split(" ", -1)));
  }

  /// Adds words, in as many lines as they need.
  ///
  /// @param first stands before the first line
  /// @param rest stands before the others
  private void wrap(String first, String rest, List<String> words) {
    StringBuilder line = new StringBuilder(first);
    boolean begins = true;
    for (String word : words) {
      if (!begins && line.length() + 1 + word.length() > WIDTH) {
        text.append(line).append('\n');
        line = new StringBuilder(rest);
        begins = true;
      }
      line.append(begins ? "" : " ").append(word);
      begins = false;
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
