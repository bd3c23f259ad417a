package dev.sexton;

import java.time.Duration;

/// Checks durations that a caller gives.
final class Durations {
  private Durations() {}

  /// Returns a duration.
  ///
  /// @param what what it is, for the message
  /// @throws IllegalArgumentException if it is negative
  static Duration requireNotNegative(String what, Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("the " + what + " must not be negative: " + duration);
    }
    return duration;
  }
}
