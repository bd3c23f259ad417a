package dev.sexton.internal.process;

import org.jspecify.annotations.Nullable;

/// The unit of a process start time.
public enum StartUnit {
  /// Clock ticks since boot, as in field 22 of `/proc/PID/stat`. Setting the clock does not change
  /// them.
  TICKS("ticks"),
  /// Milliseconds since 1970, as the platform reports them.
  MILLIS("millis");

  private final String word;

  StartUnit(String word) {
    this.word = word;
  }

  /// Returns the word for it in records and labels.
  public String word() {
    return word;
  }

  /// Returns the unit with this word; null if there is none.
  public static @Nullable StartUnit of(@Nullable String word) {
    for (StartUnit unit : values()) {
      if (unit.word.equals(word)) {
        return unit;
      }
    }
    return null;
  }
}
