package dev.sexton.cli.help;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.command.CommandRegistry;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.output.Io;

/// The command `sexton help`. [dev.sexton.cli.Main] rewrites `sexton help list` to `sexton list
/// --help`, so only the overview is left to this class.
public final class HelpCommand implements Command {
  private final CommandRegistry registry;

  /// @param registry all commands
  public HelpCommand(CommandRegistry registry) {
    this.registry = registry;
  }

  @Override
  public String name() {
    return "help";
  }

  @Override
  public String summary() {
    return "help for a command: sexton help sweep";
  }

  @Override
  public String operands() {
    return "[COMMAND]";
  }

  @Override
  public String description() {
    return "Shows the help of a command, or the overview.";
  }

  @Override
  public int run(Io io, Arguments arguments) {
    return Help.print(io, Help.overview(registry), arguments.json());
  }
}
