package dev.sexton.cli;

import java.time.Instant;

/// Which lines of the journals a reader wants.
///
/// @param since no older ones
/// @param instancePrefix only of instances whose UUID begins like this
/// @param pid only those that name this process, or [#ANY]
record StopFilter(Instant since, String instancePrefix, long pid) {
  /// Every process.
  static final long ANY = 0;

  boolean accepts(Stop stop) {
    return stop.concerns(since, instancePrefix) && (pid == ANY || stop.names(pid));
  }

  /// What a person is told if no line is accepted.
  String nothing() {
    String when = " since " + HistoryOutput.local(since);
    return pid == ANY
        ? "nothing was stopped" + when
        : "nothing names process " + pid + when + ": look back further with --since";
  }
}
