package dev.sexton.cli.command;

import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.OptionGroup;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.Io;
import java.util.List;

/// A command of `sexton`. The overview, its help, its parser, the completion scripts and the manual
/// page are made from what it declares.
public interface Command {
  /// Returns its name on the command line.
  String name();

  /// Returns what it does, in the line that the overview has for it.
  String summary();

  /// Returns how it is used: a synopsis without the options, such as `[--] COMMAND [ARG…]`. Empty
  /// if it takes no arguments except options.
  default String operands() {
    return "";
  }

  /// Returns further forms of its use that the synopsis shows, each without the command's name.
  default List<String> otherForms() {
    return List.of();
  }

  /// Returns the names of the options of all commands that its synopsis shows.
  default List<String> commonOptions() {
    return List.of("app", "state-dir", "json");
  }

  /// Returns what it does, in paragraphs with a blank line between them.
  String description();

  /// Returns the options that only this command has.
  default List<OptionGroup> optionGroups() {
    return List.of();
  }

  /// Returns the options that only this command has, without their groups.
  default List<OptionSpec> ownOptions() {
    return optionGroups().stream().flatMap(group -> group.options().stream()).toList();
  }

  /// Returns what its exit codes mean; empty if there is nothing to say beside the overview.
  default String exitCodes() {
    return "";
  }

  /// Runs it and returns its exit code.
  int run(Io io, Arguments arguments) throws CommandException;
}
