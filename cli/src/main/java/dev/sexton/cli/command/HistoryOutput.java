package dev.sexton.cli.command;

import dev.sexton.HistoryEntry;
import dev.sexton.ReportJson;
import dev.sexton.cli.output.HumanFormat;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.JsonOut;
import dev.sexton.cli.output.StyledPrinter.Style;
import dev.sexton.cli.output.Table;
import dev.sexton.cli.output.Table.Cell;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.cli.output.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Prints stops as a table or as JSON, one object per line.
final class HistoryOutput {

  private final Io io;
  private final boolean json;
  private final boolean verbose;

  /// The requested process, or [HistoryFilter#ANY].
  private final long pid;

  private final Table table = new Table(0, 10).limit(4, 24).limit(8, 60).limit(9, 400).right(7);
  private boolean headed;

  HistoryOutput(Io io, boolean json, boolean verbose, long pid) {
    this.pid = pid;
    this.io = io;
    this.json = json;
    this.verbose = verbose;
  }

  void print(List<HistoryEntry> entries) {
    if (json) {
      for (HistoryEntry entry : entries) {
        JsonOut.line(io.out(), out -> JsonOut.members(out, ReportJson.of(entry)));
      }
    } else if (!entries.isEmpty()) {
      if (!headed) {
        table.heading(
            "AT", "INSTANCE", "APPLICATION", "WHAT", "NAME", "ID", "OUTCOME", "TOOK", "BY", "WHY");
        headed = true;
      }
      for (HistoryEntry entry : entries) {
        table.row(explanation(entry), row(entry));
      }
      table.print(io.screen());
    }
    io.out().flush();
  }

  /// Returns whether the output can no longer be written.
  boolean isLost() {
    return io.out().checkError();
  }

  private List<Cell> row(HistoryEntry entry) {
    boolean ended = entry.outcome().equals("STOPPED") || entry.outcome().equals("KILLED");
    return List.of(
        Cell.of(HumanFormat.local(entry.at())),
        Cell.of(HumanFormat.shortUuid(entry.instanceId())),
        Cell.of(entry.application()),
        Cell.of(entry.kind()),
        Cell.of(entry.name()),
        Cell.of(entry.isProcess() ? processes(entry) : HumanFormat.shortId(entry.id())),
        outcome(entry.outcome()),
        Cell.of(ended ? HumanFormat.millis(entry.millis()) : ""),
        Cell.of(by(entry)),
        Cell.of(entry.reason()));
  }

  /// Returns, for example, `4711 and 2 below`.
  private static String processes(HistoryEntry entry) {
    long root = entry.process().pid();
    long below = entry.signalled().stream().filter(process -> process.pid() != root).count();
    return root == 0 ? "" : root + (below > 0 ? " and " + below + " below" : "");
  }

  /// Returns the command line of the requested process; with `-v`, of all processes.
  private @Nullable String explanation(HistoryEntry entry) {
    if (!entry.isProcess() || (pid == HistoryFilter.ANY && !verbose)) {
      return null;
    }
    List<String> lines = new ArrayList<>();
    for (HistoryEntry.Named process : entry.signalled()) {
      add(lines, process, entry.isSignal() ? "was to be signalled" : "was signalled");
    }
    for (HistoryEntry.Named process : entry.spared()) {
      add(lines, process, "was left alone");
    }
    if (lines.isEmpty()) {
      add(lines, entry.process(), outcome(entry.outcome()).text());
    }
    return lines.isEmpty() ? null : String.join("; ", lines);
  }

  private void add(List<String> lines, HistoryEntry.Named process, String what) {
    if ((pid == HistoryFilter.ANY || pid == process.pid()) && !process.command().isEmpty()) {
      lines.add("process " + process.pid() + " " + what + ": " + process.command());
    }
  }

  private static Cell outcome(String word) {
    return switch (word) {
      case "STOPPED" -> new Cell("stopped", Style.GOOD);
      case "KILLED" -> new Cell("killed", Style.WARNING);
      case "GONE" -> new Cell("gone", Style.FAINT);
      case "RECYCLED" -> new Cell("left alone", Style.FAINT);
      case HistoryEntry.ASKED -> new Cell("asked", Style.WARNING);
      case "KEPT" -> new Cell("kept", Style.FAINT);
      case "UNCLAIMED" -> new Cell("unclaimed", Style.WARNING);
      case "DENIED" -> new Cell("denied", Style.BAD);
      case "FAILED" -> new Cell("failed", Style.BAD);
      default -> Cell.of(word);
    };
  }

  /// Returns the sweeper's command, without the JVM and its options.
  private String by(HistoryEntry entry) {
    String command = entry.sweeperCommand();
    int main = command.indexOf(Version.MAIN_CLASS);
    String shown;
    if (main >= 0) {
      shown = "sexton" + command.substring(main + Version.MAIN_CLASS.length());
    } else {
      int space = command.indexOf(' ');
      String program = space < 0 ? command : command.substring(0, space);
      shown = program.substring(program.lastIndexOf('/') + 1);
    }
    return (verbose ? command : TerminalText.cut(shown, 24)) + " (" + entry.sweeperPid() + ")";
  }
}
