package dev.sexton.cli;

import java.time.Instant;

/// Selects the lines of the journals to show.
///
/// @param since the earliest time
/// @param instancePrefix the beginning of the UUIDs of the instances
/// @param pid only lines that name this process, or [#ANY]
record StopFilter(Instant since, String instancePrefix, long pid) {
  /// Every process.
  static final long ANY = 0;

  boolean accepts(Stop stop) {
    return stop.concerns(since, instancePrefix) && (pid == ANY || stop.names(pid));
  }

  /// Returns the message for a person if no line is accepted.
  String nothing() {
    String when = " since " + HistoryOutput.local(since);
    return pid == ANY
        ? "nothing was stopped" + when
        : "nothing names process " + pid + when + ": look back further with --since";
  }
}
