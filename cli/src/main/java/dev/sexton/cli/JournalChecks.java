package dev.sexton.cli;

import com.google.gson.JsonObject;
import dev.sexton.Outcome;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.sweep.Journal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Checks for processes that recent sweeps left alone and that still run. Once an instance is
/// swept, only its journal lists them.
final class JournalChecks {
  private static final Duration DAYS = Duration.ofDays(7);

  /// Start times and the journal's clock are rounded. A process that is clearly younger than the
  /// line is a different one.
  private static final Duration ROUNDING = Duration.ofSeconds(2);

  private JournalChecks() {}

  /// Adds a check for each of them.
  ///
  /// @param unclaimed what has already been reported as unclaimed
  static void add(
      List<Check> checks,
      List<FileStateDirectory> directories,
      ProcessTable processes,
      List<Unclaimed> unclaimed) {
    Set<Long> said = new HashSet<>();
    unclaimed.forEach(one -> said.add(one.pid()));
    Instant since = Instant.now().minus(DAYS);
    for (FileStateDirectory directory : directories) {
      for (Stop stop : spared(directory, since)) {
        for (Stop.Named process : stop.spared()) {
          if (isRunning(processes, process, stop.at()) && said.add(process.pid())) {
            checks.add(check(stop, process));
          }
        }
      }
    }
  }

  /// Returns the latest first, so that the last statement about a process counts.
  private static List<Stop> spared(FileStateDirectory directory, Instant since) {
    List<Stop> spared = new ArrayList<>();
    if (directory.untrustedReason() != null) {
      return spared; // Reported elsewhere.
    }
    try {
      for (JsonObject line : Journal.read(directory)) {
        Stop stop = Stop.of(line);
        if (stop != null && !stop.at().isBefore(since) && isSpared(stop.text("outcome"))) {
          spared.addFirst(stop);
        }
      }
    } catch (IOException unreadable) {
      return spared; // Reported by history.
    }
    return spared;
  }

  private static boolean isSpared(String outcome) {
    return outcome.equals(Outcome.KEPT.name()) || outcome.equals(Outcome.UNCLAIMED.name());
  }

  private static boolean isRunning(ProcessTable processes, Stop.Named process, Instant seen) {
    return process.start() >= 0
        && processes.find(process.pid()) instanceof ProcessLookup.Present present
        && present.process().isAlive()
        && present.process().start() == process.start()
        && !processes.startedAt(process.start()).isAfter(seen.plus(ROUNDING));
  }

  private static Check check(Stop stop, Stop.Named process) {
    String detail =
        process.pid()
            + " ("
            + TerminalText.cut(process.command(), 100)
            + "): "
            + stop.text("reason")
            + "; left alone on "
            + HistoryOutput.local(stop.at());
    return stop.text("outcome").equals(Outcome.KEPT.name())
        ? Check.ok("kept process", detail)
        : Check.warning("unclaimed process", detail, "if it is not yours: kill " + process.pid());
  }
}
