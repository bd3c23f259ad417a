package dev.sexton.internal.http;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Parses the time of a server's response, such as `Thu, 26 Nov 2026 01:09:02 GMT`. It does not use
/// the JDK's formatter, because in a new JVM that takes longer than the whole list.
public final class HttpDate {
  private static final Pattern FORM =
      Pattern.compile(
          "[A-Z][a-z]{2}, (\\d\\d) ([A-Z][a-z]{2}) (\\d{4}) (\\d\\d):(\\d\\d):(\\d\\d) GMT");

  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

  private HttpDate() {}

  /// Returns the seconds since 1970, or null if the text is not such a date.
  public static @Nullable Long seconds(@Nullable String date) {
    Matcher parts = FORM.matcher(date == null ? "" : date.strip());
    int month = parts.matches() ? MONTHS.indexOf(parts.group(2)) : -1;
    if (month < 0 || month % 3 != 0) {
      return null;
    }
    try {
      return LocalDateTime.of(
              number(parts, 3),
              month / 3 + 1,
              number(parts, 1),
              number(parts, 4),
              number(parts, 5),
              number(parts, 6))
          .toEpochSecond(ZoneOffset.UTC);
    } catch (DateTimeException noSuchTime) {
      return null;
    }
  }

  private static int number(Matcher parts, int group) {
    return Integer.parseInt(parts.group(group));
  }
}
