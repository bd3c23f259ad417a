package dev.sexton.cli;

import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.sweep.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The command `sexton history`: lists what was stopped, from all state directories' journals.
final class HistoryCommand implements Command {
  private static final Duration SINCE = Duration.ofHours(24);

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
                    "show only entries that name this process: it was signalled or left alone, on its own or as part of a tree"),
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
    StateScope places = StateScope.of(io, arguments);
    Instant since = Instant.now().minus(arguments.duration("since", SINCE));
    String instance = arguments.one("instance");
    StopFilter filter = new StopFilter(since, instance == null ? "" : instance, pid(arguments));
    HistoryOutput output =
        new HistoryOutput(io, arguments.json(), arguments.verbose(), filter.pid());
    List<Stop> stops = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    int read = 0;
    for (FileStateDirectory directory : places.directories()) {
      String defect = defect(directory);
      if (defect != null) {
        problems.add(new Problem(directory.path(), defect));
        continue;
      }
      if (arguments.has("follow")) {
        continue;
      }
      try {
        Journal.read(directory).forEach(line -> add(stops, Stop.of(line)));
        read += directory.exists() ? 1 : 0;
      } catch (IOException unreadable) {
        problems.add(new Problem(directory.path(), cannotBeRead(unreadable)));
      }
    }
    if (!arguments.quiet()) {
      Warnings.problems(io.notes(), problems);
    }
    if (arguments.has("follow")) {
      new JournalFollower(places, filter).follow(output);
      return ExitCode.DONE;
    }
    if (read == 0 && !problems.isEmpty()) {
      throw CommandException.cannot(
          "no journal can be read", Warnings.text(problems.getFirst()), null);
    }
    stops.sort(Stop::byTime);
    List<Stop> wanted = new ArrayList<>(Stops.tidy(stops));
    wanted.removeIf(stop -> !filter.accepts(stop));
    output.print(wanted);
    if (wanted.isEmpty() && !arguments.quiet() && !arguments.json()) {
      io.notes().line(filter.nothing());
    }
    return problems.isEmpty() ? ExitCode.DONE : ExitCode.LEFT;
  }

  private static void add(List<Stop> stops, @Nullable Stop stop) {
    if (stop != null) {
      stops.add(stop);
    }
  }

  private static long pid(Arguments arguments) throws CommandException {
    String value = arguments.one("pid");
    if (value == null) {
      return StopFilter.ANY;
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

  /// Returns why the journal of a directory cannot be used; null if it can be read or does not
  /// exist.
  private static @Nullable String defect(FileStateDirectory directory) {
    String distrust = directory.untrustedReason();
    if (distrust != null) {
      return distrust;
    }
    for (String name : List.of(FileStateDirectory.JOURNAL, FileStateDirectory.OLD_JOURNAL)) {
      Path journal = directory.path().resolve(name);
      try {
        if (!Files.readAttributes(journal, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            .isRegularFile()) {
          return journal + " is not a regular file: move it away";
        }
      } catch (NoSuchFileException none) {
        // Then there is nothing to read.
      } catch (IOException hidden) {
        return cannotBeRead(hidden);
      }
    }
    return null;
  }

  private static String cannotBeRead(IOException unreadable) {
    return "its journal cannot be read ("
        + unreadable.getMessage()
        + "): check its permissions, or run as its owner";
  }
}
