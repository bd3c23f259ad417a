package dev.sexton.cli;

import org.apache.commons.cli.Options;

/** One command. */
public interface Command {
  /** What {@code --help} says. */
  String help();

  /** Adds the options that only this command has. */
  void addOptions(Options options);

  /** Whether it takes arguments that are no options. */
  default boolean takesOperands() {
    return false;
  }

  /** Runs it and returns its exit code. */
  int run(Io io, Arguments arguments) throws CommandException;
}
