package dev.sexton.cli.command;

import dev.sexton.HistoryEntry;
import dev.sexton.cli.output.HumanFormat;
import java.time.Instant;

/// Selects the entries of the journals to show.
///
/// @param since the earliest time
/// @param instancePrefix the beginning of the UUIDs of the instances
/// @param pid only entries that name this process, or [#ANY]
record HistoryFilter(Instant since, String instancePrefix, long pid) {
  /// Every process.
  static final long ANY = 0;

  boolean accepts(HistoryEntry entry) {
    return entry.concerns(since, instancePrefix) && (pid == ANY || entry.names(pid));
  }

  /// Returns the message for a person if no entry is accepted.
  String nothing() {
    String when = " since " + HumanFormat.local(since);
    return pid == ANY
        ? "nothing was stopped" + when
        : "no entry names process " + pid + when + ": look back further with --since";
  }
}
