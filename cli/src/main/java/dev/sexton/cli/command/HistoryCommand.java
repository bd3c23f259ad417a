package dev.sexton.cli.command;

import dev.sexton.History;
import dev.sexton.HistoryEntry;
import dev.sexton.StateScope;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.OptionGroup;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.option.ScopeArguments;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.cli.output.Warnings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The command `sexton history`: lists what was stopped, from all state directories' journals.
public final class HistoryCommand implements Command {
  private static final Duration SINCE = Duration.ofHours(24);

  /// How often the journals' sizes are checked: fast enough for a person who watches.
  private static final long PAUSE_MILLIS = 500;

  @Override
  public String name() {
    return "history";
  }

  @Override
  public String summary() {
    return "show what was stopped, when and why";
  }

  @Override
  public String description() {
    return """
    Shows what was stopped: when, by which process, why, and with what outcome. With
    --json, prints one JSON object per line.
    """;
  }

  @Override
  public List<OptionGroup> optionGroups() {
    return List.of(
        new OptionGroup(
            "",
            List.of(
                OptionSpec.value(
                    "pid",
                    "PID",
                    "show only entries that name this process: it was signalled or left alone, on"
                        + " its own or as part of a tree"),
                OptionSpec.value("since", "TIME", "how far to look back (default 24h)"),
                OptionSpec.value(
                    "instance", "UUID", "show this instance only; its first characters are enough"),
                OptionSpec.flag("follow", "keep running, and show what is stopped from now on")
                    .withLetter("f"))));
  }

  @Override
  public String exitCodes() {
    return "Exit code 1 if a journal could not be read, 3 if none could.";
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    StateScope scope = ScopeArguments.of(io, arguments);
    Instant since = Instant.now().minus(arguments.duration("since", SINCE));
    String instance = arguments.one("instance");
    HistoryFilter filter =
        new HistoryFilter(since, instance == null ? "" : instance, pid(arguments));
    HistoryOutput output =
        new HistoryOutput(io, arguments.json(), arguments.verbose(), filter.pid());
    if (arguments.has("follow")) {
      History.Follower follower = History.follow(scope);
      if (!arguments.quiet()) {
        Warnings.problems(io.notes(), follower.problems());
      }
      follow(follower, filter, output);
      return ExitCode.DONE;
    }
    History history = History.read(scope);
    if (!arguments.quiet()) {
      Warnings.problems(io.notes(), history.problems());
    }
    if (!history.hasJournal() && !history.problems().isEmpty()) {
      throw CommandException.cannot(
          "no journal can be read", history.problems().getFirst().text(), null);
    }
    List<HistoryEntry> wanted = history.entries().stream().filter(filter::accepts).toList();
    output.print(wanted);
    if (wanted.isEmpty() && !arguments.quiet() && !arguments.json()) {
      io.notes().line(filter.nothing());
    }
    return history.problems().isEmpty() ? ExitCode.DONE : ExitCode.LEFT;
  }

  /// Returns when the thread is interrupted, or when stdout can no longer be written to, for
  /// example because its reader has gone. A signal ends the JVM before.
  private static void follow(
      History.Follower follower, HistoryFilter filter, HistoryOutput output) {
    while (!Thread.currentThread().isInterrupted() && !output.isLost()) {
      output.print(follower.read().stream().filter(filter::accepts).toList());
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException over) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static long pid(Arguments arguments) throws CommandException {
    String value = arguments.one("pid");
    if (value == null) {
      return HistoryFilter.ANY;
    }
    try {
      long pid = Long.parseLong(value);
      if (pid > 0) {
        return pid;
      }
    } catch (NumberFormatException noNumber) {
      // Reported below.
    }
    throw CommandException.usage(
        "--pid is not a PID: " + TerminalText.cut(value, 40), "write a number, such as 4711");
  }
}
