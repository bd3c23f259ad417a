package dev.sexton.cli;

import org.apache.commons.cli.Options;

/// The command `sexton run`: runs a server as an instance. The launcher itself registers the server
/// and becomes it. Only requests for help and wrong usage get here.
final class RunCommand implements Command {
  @Override
  public String help() {
    return """
    sexton run [--name NAME] [--app NAME] [--state-dir DIR] [--grace 10s]
               [--after-stdin-close 10s|never] [--on-client-exit stop|keep]
               [--keep PATTERN]… [--strict] [--] COMMAND [ARG…]

      Runs a server so that nothing it started outlives it. Put it before the
      server's command in a client's configuration: nothing else changes.

      --name NAME               what lists call it; else the package, image or
                                script that the command runs
      --app NAME                the application that it belongs to; mcp unless given
      --grace TIME              how long what is asked to stop has before it is
                                forced; 10s unless given
      --after-stdin-close TIME  how long the server may stay once the client has
                                closed its stdin, or never; 10s unless given
      --on-client-exit stop     or keep: what happens to it when the client dies;
                                stop unless given
      --keep PATTERN            also keep this program when the server ends, and
                                what it starts; with ! in front, do not keep it
      --strict                  do not start it if it cannot be tracked; else it
                                starts in any case, and one line says why

      Exit code: the server's own; 127 if there is no such command, 126 if it is
      not executable, 3 if it cannot be tracked and --strict is given.
    """;
  }

  @Override
  public void addOptions(Options options) {
    options.addOption(Arguments.value("name", "NAME"));
    options.addOption(Arguments.value("grace", "TIME"));
    options.addOption(Arguments.value("after-stdin-close", "TIME"));
    options.addOption(Arguments.value("on-client-exit", "stop|keep"));
    options.addOption(Arguments.flag(null, "strict"));
    KeepOption.addTo(options);
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    throw CommandException.usage("no command to run", "write sexton run COMMAND [ARG…]");
  }
}
