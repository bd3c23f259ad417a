package dev.sexton.cli;

/// The command `sexton help`. [Main] rewrites `sexton help list` to `sexton list --help`, so only
/// the overview is left to this class.
final class HelpCommand implements Command {
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
    return Help.print(io, Help.overview(), arguments.json());
  }
}
