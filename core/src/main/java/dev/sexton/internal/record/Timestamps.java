package dev.sexton.internal.record;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/// Parses ISO 8601 timestamps as records contain them.
public final class Timestamps {
  /// The length of `2026-01-31T23:59:59`.
  private static final int SECONDS_LENGTH = 19;

  private Timestamps() {}

  /// Parses a timestamp. Returns null if the text is not one.
  ///
  /// @param zone the writer's time zone, if the text has none
  public static @Nullable Instant parse(String text, ZoneId zone) {
    try {
      LocalDateTime plain = plain(text);
      if (plain != null) {
        return text.endsWith("Z")
            ? plain.toInstant(ZoneOffset.UTC)
            : plain.atZone(zone).toInstant();
      }
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException otherwise) {
      try {
        return LocalDateTime.parse(text).atZone(zone).toInstant();
      } catch (DateTimeException none) {
        return null;
      }
    }
  }

  /// Parses the two forms that the original and Sexton write, or returns null for another form. The
  /// JDK's formatter takes as long for one timestamp as everything else about a record together,
  /// and there may be ten thousand.
  private static @Nullable LocalDateTime plain(String text) {
    int end = text.endsWith("Z") ? text.length() - 1 : text.length();
    if (end < SECONDS_LENGTH
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':') {
      return null;
    }
    int year = digits(text, 0, 4);
    int month = digits(text, 5, 7);
    int day = digits(text, 8, 10);
    int hour = digits(text, 11, 13);
    int minute = digits(text, 14, 16);
    int second = digits(text, 17, SECONDS_LENGTH);
    int nanos = end == SECONDS_LENGTH ? 0 : fraction(text, end);
    if ((year | month | day | hour | minute | second | nanos) < 0) {
      return null;
    }
    return LocalDateTime.of(year, month, day, hour, minute, second, nanos);
  }

  private static int fraction(String text, int end) {
    int count = end - SECONDS_LENGTH - 1;
    if (text.charAt(SECONDS_LENGTH) != '.' || count < 1 || count > 9) {
      return -1;
    }
    int nanos = digits(text, SECONDS_LENGTH + 1, end);
    for (int i = count; i < 9; i++) {
      nanos *= 10;
    }
    return nanos;
  }

  /// Returns the number, or a negative value if there is anything but digits.
  private static int digits(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
