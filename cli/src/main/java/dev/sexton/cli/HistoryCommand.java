package dev.sexton.cli;

import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.sweep.Journal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.Options;

/** {@code sexton history}: what was stopped, by the journals of all state directories. */
final class HistoryCommand implements Command {
  private static final Duration SINCE = Duration.ofHours(24);

  @Override
  public String help() {
    return """
    sexton history [--since 24h] [--instance UUID] [-f]
                   [--app NAME]… [--state-dir DIR] [--json]

      Says what was stopped, when, by whom, why and how it went.

      --since TIME     how far to look back; 24h unless given
      --instance UUID  only this instance; its first characters will do
      -f, --follow     stays, and adds what is stopped from now on
      --json           one JSON object a line
    """;
  }

  @Override
  public void addOptions(Options options) {
    options.addOption(Arguments.value("since", "TIME"));
    options.addOption(Arguments.value("instance", "UUID"));
    options.addOption(Arguments.flag("f", "follow"));
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    Places places = Places.of(io, arguments);
    Instant since = Instant.now().minus(arguments.duration("since", SINCE));
    String instance = arguments.one("instance");
    String prefix = instance == null ? "" : instance;
    HistoryOutput output = new HistoryOutput(io, arguments.json(), arguments.verbose());
    if (arguments.has("follow")) {
      new JournalFollower(places, since, prefix).follow(output);
      return ExitCode.DONE;
    }
    List<Stop> stops = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (FileStateDirectory directory : places.directories()) {
      try {
        for (var line : Journal.read(directory)) {
          Stop stop = Stop.of(line);
          if (stop != null && stop.concerns(since, prefix)) {
            stops.add(stop);
          }
        }
      } catch (IOException unreadable) {
        problems.add(
            new Problem(
                directory.path(),
                "its journal cannot be read (" + unreadable.getMessage() + "): check its rights"));
      }
    }
    stops.sort(Stop::byTime);
    output.print(stops);
    if (!arguments.quiet()) {
      if (stops.isEmpty() && !arguments.json()) {
        io.notes().line("nothing was stopped since " + HistoryOutput.local(since));
      }
      Notes.problems(io.notes(), problems);
    }
    return ExitCode.DONE;
  }
}
