package dev.sexton.cli.doctor;

import dev.sexton.History;
import dev.sexton.HistoryEntry;
import dev.sexton.Outcome;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.SweepReport.UnclaimedProcess;
import dev.sexton.cli.output.HumanFormat;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.internal.doctor.MachineFacts;
import java.time.Duration;
import java.time.Instant;
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
      List<Check> checks, History history, MachineFacts machine, List<Unclaimed> unclaimed) {
    Set<Long> said = new HashSet<>();
    for (Unclaimed one : unclaimed) {
      if (one instanceof UnclaimedProcess process) {
        said.add(process.pid());
      }
    }
    Instant since = Instant.now().minus(DAYS);
    // The latest first, so that the last statement about a process counts.
    for (HistoryEntry entry : history.entries().reversed()) {
      if (!entry.at().isBefore(since) && isSpared(entry.outcome())) {
        for (HistoryEntry.Named process : spared(entry)) {
          if (isRunning(machine, process, entry.at()) && said.add(process.pid())) {
            checks.add(check(entry, process));
          }
        }
      }
    }
  }

  /// Returns the processes that were left alone, whether the entry names one or many.
  private static List<HistoryEntry.Named> spared(HistoryEntry entry) {
    return entry.spared().isEmpty() ? List.of(entry.process()) : entry.spared();
  }

  private static boolean isSpared(String outcome) {
    return outcome.equals(Outcome.KEPT.name()) || outcome.equals(Outcome.UNCLAIMED.name());
  }

  private static boolean isRunning(MachineFacts machine, HistoryEntry.Named process, Instant seen) {
    return process.start() >= 0
        && machine.isRunning(process.pid(), process.start())
        && !machine.startedAt(process.start()).isAfter(seen.plus(ROUNDING));
  }

  private static Check check(HistoryEntry entry, HistoryEntry.Named process) {
    String detail =
        process.pid()
            + " ("
            + TerminalText.cut(process.command(), 100)
            + "): "
            + entry.reason()
            + "; left alone on "
            + HumanFormat.local(entry.at());
    return entry.outcome().equals(Outcome.KEPT.name())
        ? Check.ok("kept process", detail)
        : Check.warning(
            "unclaimed process", detail, "if you do not need it: kill " + process.pid());
  }
}
