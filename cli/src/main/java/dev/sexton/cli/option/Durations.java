package dev.sexton.cli.option;

import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.TerminalText;
import java.time.Duration;

/// Parses durations of the command line: `500ms`, `10s`, `2m`.
public final class Durations {
  /// More than any wait or history search needs, and far from overflowing nanoseconds.
  private static final long MAX_MILLIS = 10_000L * 24 * 60 * 60 * 1000;

  private Durations() {}

  /// Returns the duration. A number without a unit is in seconds.
  public static Duration parse(String option, String text) throws CommandException {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    long unit =
        switch (text.substring(digits)) {
          case "ms" -> 1;
          case "", "s" -> 1000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          case "d" -> 86_400_000;
          default -> 0;
        };
    if (digits == 0 || unit == 0) {
      throw CommandException.usage(
          option + " is not a duration: " + TerminalText.cut(text, 40),
          "write 500ms, 10s, 2m or 1h");
    }
    long amount = digits > 15 ? Long.MAX_VALUE : Long.parseLong(text.substring(0, digits));
    if (amount > MAX_MILLIS / unit) {
      throw CommandException.usage(
          option + " is too long: " + TerminalText.cut(text, 40), "write at most 10000d");
    }
    return Duration.ofMillis(amount * unit);
  }
}
