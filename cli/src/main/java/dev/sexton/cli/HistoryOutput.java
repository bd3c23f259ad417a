package dev.sexton.cli;

import com.google.gson.stream.JsonWriter;
import dev.sexton.cli.StyledPrinter.Style;
import dev.sexton.cli.Table.Cell;
import dev.sexton.internal.sweep.Journal;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Prints stops as a table or as JSON, one object per line.
final class HistoryOutput {
  private static final String LAUNCHED = "dev.sexton.cli.Main";

  private final Io io;
  private final boolean json;
  private final boolean verbose;

  /// The requested process, or [StopFilter#ANY].
  private final long pid;

  private final Table table = new Table(0, 10).limit(4, 24).limit(8, 60).limit(9, 400).right(7);
  private boolean headed;

  HistoryOutput(Io io, boolean json, boolean verbose, long pid) {
    this.pid = pid;
    this.io = io;
    this.json = json;
    this.verbose = verbose;
  }

  void print(List<Stop> stops) {
    if (json) {
      for (Stop stop : stops) {
        JsonOut.line(io.out(), out -> write(out, stop));
      }
    } else if (!stops.isEmpty()) {
      if (!headed) {
        table.heading(
            "AT", "INSTANCE", "APPLICATION", "WHAT", "NAME", "ID", "OUTCOME", "TOOK", "BY", "WHY");
        headed = true;
      }
      for (Stop stop : stops) {
        table.row(explanation(stop), row(stop));
      }
      table.print(io.screen());
    }
    io.out().flush();
  }

  /// Returns whether the output can no longer be written.
  boolean isLost() {
    return io.out().checkError();
  }

  private List<Cell> row(Stop stop) {
    boolean ended = stop.text("outcome").equals("STOPPED") || stop.text("outcome").equals("KILLED");
    return List.of(
        Cell.of(local(stop.at())),
        Cell.of(HumanFormat.shortUuid(stop.text("instance_id"))),
        Cell.of(stop.text("application")),
        Cell.of(stop.text("kind")),
        Cell.of(stop.text("name")),
        Cell.of(stop.isProcess() ? processes(stop) : HumanFormat.shortId(stop.text("id"))),
        outcome(stop.text("outcome")),
        Cell.of(ended ? HumanFormat.millis(stop.number("millis")) : ""),
        Cell.of(by(stop)),
        Cell.of(stop.text("reason")));
  }

  /// Returns, for example, `4711 and 2 below`.
  private static String processes(Stop stop) {
    long root = stop.number("pid");
    long below =
        stop.processes(Stop.SIGNALLED).stream().filter(process -> process.pid() != root).count();
    return root == 0 ? "" : root + (below > 0 ? " and " + below + " below" : "");
  }

  /// Returns the command line of the requested process; with `-v`, of all processes.
  private @Nullable String explanation(Stop stop) {
    if (!stop.isProcess() || (pid == StopFilter.ANY && !verbose)) {
      return null;
    }
    List<String> lines = new ArrayList<>();
    for (Stop.Named process : stop.processes(Stop.SIGNALLED)) {
      add(lines, process, stop.isSignal() ? "was to be signalled" : "was signalled");
    }
    for (Stop.Named process : stop.processes(Stop.SPARED)) {
      add(lines, process, "was left alone");
    }
    if (lines.isEmpty()) {
      add(lines, stop.process(), outcome(stop.text("outcome")).text());
    }
    return lines.isEmpty() ? null : String.join("; ", lines);
  }

  private void add(List<String> lines, Stop.Named process, String what) {
    if ((pid == StopFilter.ANY || pid == process.pid()) && !process.command().isEmpty()) {
      lines.add("process " + process.pid() + " " + what + ": " + process.command());
    }
  }

  private static Cell outcome(String word) {
    return switch (word) {
      case "STOPPED" -> new Cell("stopped", Style.GOOD);
      case "KILLED" -> new Cell("killed", Style.WARNING);
      case "GONE" -> new Cell("gone", Style.FAINT);
      case "RECYCLED" -> new Cell("left alone", Style.FAINT);
      case Journal.ASKED -> new Cell("asked", Style.WARNING);
      case "KEPT" -> new Cell("kept", Style.FAINT);
      case "UNCLAIMED" -> new Cell("unclaimed", Style.WARNING);
      case "DENIED" -> new Cell("denied", Style.BAD);
      case "FAILED" -> new Cell("failed", Style.BAD);
      default -> Cell.of(word);
    };
  }

  /// Returns the sweeper's command, without the JVM and its options.
  private String by(Stop stop) {
    String command = stop.sweeperCommand();
    int main = command.indexOf(LAUNCHED);
    String shown;
    if (main >= 0) {
      shown = "sexton" + command.substring(main + LAUNCHED.length());
    } else {
      int space = command.indexOf(' ');
      String program = space < 0 ? command : command.substring(0, space);
      shown = program.substring(program.lastIndexOf('/') + 1);
    }
    return (verbose ? command : TerminalText.cut(shown, 24)) + " (" + stop.sweeperPid() + ")";
  }

  /// Returns, for example, `2026-11-23 14:02:11` in the reader's time zone.
  static String local(Instant instant) {
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneId.systemDefault());
    return time.toLocalDate()
        + " "
        + two(time.getHour())
        + ":"
        + two(time.getMinute())
        + ":"
        + two(time.getSecond());
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }

  private static void write(JsonWriter out, Stop stop) throws IOException {
    out.name("at").value(stop.text("at"));
    out.name("sweeper").beginObject();
    out.name("pid").value(stop.sweeperPid());
    out.name("command").value(stop.sweeperCommand());
    out.endObject();
    out.name("application").value(stop.text("application"));
    out.name("instance_id").value(stop.text("instance_id"));
    out.name("kind").value(stop.text("kind"));
    out.name("name").value(stop.text("name"));
    if (stop.isProcess()) {
      out.name("pid").value(stop.number("pid"));
      if (stop.json().has("start")) {
        out.name("start").value(stop.number("start"));
        out.name("command").value(stop.text("command"));
      }
    } else {
      out.name("id").value(stop.text("id"));
    }
    out.name("reason").value(stop.text("reason"));
    out.name("outcome").value(stop.text("outcome"));
    out.name("millis").value(stop.number("millis"));
    write(out, Stop.SIGNALLED, stop.processes(Stop.SIGNALLED));
    write(out, Stop.SPARED, stop.processes(Stop.SPARED));
  }

  private static void write(JsonWriter out, String key, List<Stop.Named> processes)
      throws IOException {
    if (processes.isEmpty()) {
      return;
    }
    out.name(key).beginArray();
    for (Stop.Named process : processes) {
      out.beginObject();
      out.name("pid").value(process.pid());
      out.name("start").value(process.start());
      out.name("command").value(process.command());
      out.endObject();
    }
    out.endArray();
  }
}
