package dev.sexton.cli;

import java.util.List;
import org.apache.commons.cli.Options;

/** What is said without a command. */
final class Help implements Command {
  /// What a person may have meant; `reap` is not for people.
  static final List<String> COMMANDS =
      List.of("run", "list", "sweep", "stop", "watch", "history", "doctor", "mcp", "demo", "help");

  private static final String TEXT =
      """
      sexton: nothing that a dead server started outlives it.

        sexton run        run a server, so that nothing it started outlives it
        sexton list       what there is: servers, whether they live, what they hold
        sexton sweep      stop what dead servers left
        sexton stop       end a live server and everything that it made
        sexton watch      stay, and sweep each server the moment it dies
        sexton history    what was stopped, when and why
        sexton doctor     what works on this machine and what does not
        sexton mcp        an MCP server: sessions for agents
        sexton demo       see it work, in a place of its own
        sexton help       of a command: sexton help sweep

      Every command:
        --app NAME        only this application; may be repeated
        --state-dir DIR   only this state directory, the one that holds instances/
                          (also SEXTON_STATE_DIR)
        --json            JSON on stdout
        -q, -v            less, more on stderr
        -h, --help        of a command too: sexton sweep --help
        --version

      Exit codes: 0 done, 1 something is left, 2 wrong usage, 3 cannot work here.
      """;

  @Override
  public String help() {
    return TEXT;
  }

  @Override
  public void addOptions(Options options) {
    // None but those of every command.
  }

  @Override
  public int run(Io io, Arguments arguments) {
    return print(io, TEXT, arguments.json());
  }

  static int print(Io io, String text, boolean json) {
    if (json) {
      JsonOut.document(
          io.out(), out -> out.name("version").value(Version.TEXT).name("help").value(text));
    } else {
      io.out().print(text);
    }
    return ExitCode.DONE;
  }

  static int printVersion(Io io, boolean json) {
    if (json) {
      JsonOut.document(io.out(), out -> out.name("version").value(Version.TEXT));
    } else {
      io.screen().line("sexton " + Version.TEXT);
    }
    return ExitCode.DONE;
  }
}
