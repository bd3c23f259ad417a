package dev.sexton.cli;

import org.apache.commons.cli.Options;

/** One command. */
interface Command {
  /** What {@code --help} says. */
  String help();

  /** Adds the options that only this command has. */
  void addOptions(Options options);

  /** Runs it and returns its exit code. */
  int run(Io io, Arguments arguments) throws CommandException;
}
