package dev.sexton.internal.process;

import org.jspecify.annotations.Nullable;

/// The start time of a process, or a reading of the clock of start times. Times in different units
/// are never equal, and none of them is before or after the other. Immutable.
///
/// Times of different boots must not be compared (see [Machine#sharesClock]).
///
/// @param value the time in the unit, or negative if not known
/// @param unit the unit
public record StartTime(long value, StartUnit unit) {
  /// Two readings of a clock may be rounded differently.
  private static final long ROUNDING = 1;

  /// A time that is not known.
  public static final StartTime UNKNOWN = ticks(-1);

  /// Returns a time in clock ticks since boot.
  public static StartTime ticks(long value) {
    return new StartTime(value, StartUnit.TICKS);
  }

  /// Returns a time in milliseconds since 1970.
  public static StartTime millis(long value) {
    return new StartTime(value, StartUnit.MILLIS);
  }

  /// Returns a time before all others in this unit, including unknown ones.
  public static StartTime earliest(StartUnit unit) {
    return new StartTime(Long.MIN_VALUE, unit);
  }

  /// Returns a time after all others in this unit.
  public static StartTime latest(StartUnit unit) {
    return new StartTime(Long.MAX_VALUE, unit);
  }

  /// Returns the time zero of the same clock, at which no process that can be found has started.
  public StartTime zero() {
    return new StartTime(0, unit);
  }

  /// Returns whether the time is known.
  public boolean isKnown() {
    return value >= 0;
  }

  /// Returns whether this time is before another one.
  public boolean isBefore(StartTime other) {
    return unit == other.unit && value < other.value;
  }

  /// Returns whether this time is after another one.
  public boolean isAfter(StartTime other) {
    return unit == other.unit && value > other.value;
  }

  /// Returns whether this time is after another one by more than two readings of the same clock can
  /// differ.
  public boolean isClearlyAfter(StartTime other) {
    return isAfter(other) && value - ROUNDING > other.value;
  }

  /// Returns a time that is later by this many units, or earlier if they are negative.
  public StartTime plus(long units) {
    return units == 0 ? this : new StartTime(value + units, unit);
  }

  // A record's default methods are generated at run time, on first use. That costs a fresh JVM more
  // than assessing an instance does.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StartTime time && value == time.value && unit == time.unit;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(value);
  }
}
