package dev.sexton.cli.run;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.KeepOption;
import dev.sexton.cli.option.OptionGroup;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.Io;
import java.util.List;

/// The command `sexton run`: runs a server as an instance. The launcher itself registers the server
/// and becomes it. Only requests for help and wrong usage get here.
public final class RunCommand implements Command {
  @Override
  public String name() {
    return "run";
  }

  @Override
  public String summary() {
    return "run a server and clean up after it";
  }

  @Override
  public String operands() {
    return "[--] COMMAND [ARG…]";
  }

  @Override
  public List<String> commonOptions() {
    return List.of("app", "state-dir");
  }

  @Override
  public String description() {
    return """
    Runs a server. When it ends, however it ends, everything it started is cleaned up.
    Put this before the server's command in a client's configuration; nothing else
    changes.
    """;
  }

  @Override
  public List<OptionGroup> optionGroups() {
    return List.of(
        new OptionGroup(
            "",
            List.of(
                OptionSpec.value(
                    "name",
                    "NAME",
                    "name of the server in lists (default: the package, image or script that the"
                        + " command runs)"),
                OptionSpec.value("grace", "TIME", "time between SIGTERM and SIGKILL (default 10s)"),
                OptionSpec.value(
                    "after-stdin-close",
                    "TIME|never",
                    "time that the server may keep running after the client has closed its stdin,"
                        + " or never (default 10s)"),
                OptionSpec.value(
                    "on-client-exit",
                    "stop|keep",
                    "what happens to the server when the client ends (default stop)"),
                KeepOption.SPEC,
                OptionSpec.flag(
                    "strict",
                    "do not start a server that cannot be tracked; without this option it is"
                        + " started and a message on stderr says why it is not tracked"))));
  }

  @Override
  public String exitCodes() {
    return "Exit code: the server's own; 127 if the command does not exist, 126 if it is "
        + "not executable, 3 if it cannot be tracked and --strict is given. Without "
        + "--app, the application is mcp.";
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    throw CommandException.usage("no command to run", "write sexton run COMMAND [ARG…]");
  }
}
