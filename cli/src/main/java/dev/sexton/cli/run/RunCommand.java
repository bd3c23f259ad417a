package dev.sexton.cli.run;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.KeepOption;
import dev.sexton.cli.option.OptionGroup;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.TerminalText;
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
                    "how long the server may keep running after the client has closed its stdin,"
                        + " or never (default 10s)"),
                OptionSpec.value(
                    "on-client-exit",
                    "stop|keep",
                    "what happens to the server when the client ends (default stop)"),
                OptionSpec.value(
                    "memory",
                    "SIZE",
                    "memory that the server and everything it starts may use together, such as 512M"
                        + " or 2G; needs systemd (default: no limit)"),
                OptionSpec.value(
                    "tasks",
                    "COUNT",
                    "processes and threads that they may have together; needs systemd (default: no"
                        + " limit)"),
                KeepOption.SPEC,
                OptionSpec.flag(
                    "strict",
                    "do not start a server that cannot be tracked or limited; without this option"
                        + " it is started and a message on stderr says what is missing"))));
  }

  @Override
  public String exitCodes() {
    return "Exit code: the server's own; 127 if the command does not exist, 126 if it is "
        + "not executable, 3 if it cannot be tracked or limited and --strict is given. Without "
        + "--app, the application is mcp.";
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    requireLimit(arguments, "memory", "[1-9][0-9]{0,11}[KMGT]?", "--memory 512M");
    requireLimit(arguments, "tasks", "[1-9][0-9]{0,6}", "--tasks 100");
    throw CommandException.usage("no command to run", "write sexton run COMMAND [ARG…]");
  }

  /// The launcher leaves commands with invalid limits to this class.
  private static void requireLimit(
      Arguments arguments, String option, String pattern, String example) throws CommandException {
    String value = arguments.one(option);
    if (value != null && !value.matches(pattern)) {
      throw CommandException.usage(
          "--" + option + " " + TerminalText.cut(value, 60) + " is not a valid limit",
          "write, for example, " + example);
    }
  }
}
