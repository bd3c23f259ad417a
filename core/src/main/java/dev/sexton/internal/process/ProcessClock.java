package dev.sexton.internal.process;

import java.time.Instant;

/// The clock of process start times. Implementations are safe for use by several threads.
public interface ProcessClock {
  /// Returns the current time, by the clock of start times.
  ///
  /// @throws IllegalStateException if the clock of start times cannot be read
  StartTime now();

  /// Converts a start time to an instant, by the wall clock as it is set now.
  Instant startedAt(StartTime start);

  /// Converts an instant to a start time, by the wall clock as it is set now.
  ///
  /// @param started since 1970, and not in the future
  StartTime startOf(Instant started);

  /// Returns the wall clock as it is set now, to the precision of start times.
  default Instant wallClock() {
    return startedAt(now());
  }
}
