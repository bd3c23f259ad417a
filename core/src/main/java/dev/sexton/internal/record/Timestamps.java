package dev.sexton.internal.record;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Reads ISO 8601 as records have it. */
public final class Timestamps {
  /** The length of {@code 2026-01-31T23:59:59}. */
  private static final int SECONDS_LENGTH = 19;

  private Timestamps() {}

  /**
   * The moment that a text names; null if it names none.
   *
   * @param zone where it was written, if it does not say so itself
   */
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

  /**
   * The two forms that the original and we write, by hand: the JDK's formatter takes as long for
   * one as everything else about a record together, and there may be ten thousand. Null if it is
   * another form.
   */
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

  /** The number; negative if there is anything but digits. */
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
