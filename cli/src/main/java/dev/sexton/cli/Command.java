package dev.sexton.cli;

import org.apache.commons.cli.Options;

/// A command of `sexton`.
public interface Command {
  /// Returns the text for `--help`.
  String help();

  /// Adds the options that only this command has.
  void addOptions(Options options);

  /// Returns whether it takes arguments that are not options.
  default boolean takesOperands() {
    return false;
  }

  /// Runs it and returns its exit code.
  int run(Io io, Arguments arguments) throws CommandException;
}
