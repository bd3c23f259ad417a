package dev.sexton.cli.output;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// Formats numbers for people. Formats by hand, since the JDK's formatters take 30 ms to load.
public final class HumanFormat {
  /// Enough characters of a UUID to tell instances apart at a glance.
  public static final int SHORT_UUID = 8;

  /// As many characters of an engine's ID as the docker command shows.
  private static final int SHORT_ID = 12;

  private HumanFormat() {}

  public static String shortUuid(String instanceId) {
    return instanceId.length() <= SHORT_UUID ? instanceId : instanceId.substring(0, SHORT_UUID);
  }

  public static String shortId(@Nullable String id) {
    return id == null ? "" : id.length() <= SHORT_ID ? id : id.substring(0, SHORT_ID);
  }

  /// Returns, for example, `84 MB` or `1.9 GB`; empty for nothing.
  public static String bytes(long bytes) {
    if (bytes <= 0) {
      return "";
    }
    String[] units = {"kB", "MB", "GB", "TB", "PB", "EB"};
    long tenths = Math.max(1, Math.round(bytes / 100.0)); // Of 1000 bytes.
    int unit = 0;
    while (tenths >= 9995 && unit < units.length - 1) {
      tenths = (tenths + 500) / 1000;
      unit++;
    }
    return (tenths < 100 ? tenths(tenths) : Long.toString((tenths + 5) / 10)) + " " + units[unit];
  }

  /// Returns, for example, `42 ms`, `0.4 s`, `10.0 s` or `2 min 5 s`.
  public static String millis(long millis) {
    long shown = Math.max(0, millis);
    if (shown < 100) {
      return shown + " ms";
    }
    if (shown < 59_950) {
      return tenths((shown + 50) / 100) + " s";
    }
    return shown / 60_000 + " min " + shown / 1000 % 60 + " s";
  }

  private static String tenths(long tenths) {
    return tenths / 10 + "." + tenths % 10;
  }

  /// Returns an age such as `2h` or `3d`; empty if it is unknown.
  public static String age(@Nullable Instant since, Instant now) {
    if (since == null) {
      return "";
    }
    long seconds = Math.max(0, Duration.between(since, now).toSeconds());
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 2 * 3600) {
      return seconds / 60 + "m";
    }
    return seconds < 2 * 86_400 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }

  /// Returns, for example, `1 process` or `2 processes`.
  public static String count(int count, String thing) {
    if (count == 1) {
      return "1 " + thing;
    }
    return count
        + " "
        + (thing.endsWith("y")
            ? thing.substring(0, thing.length() - 1) + "ies"
            : thing + (thing.endsWith("s") ? "es" : "s"));
  }

  /// Returns, for example, `2026-11-23 14:02:11` in the reader's time zone.
  public static String local(Instant instant) {
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneId.systemDefault());
    return time.toLocalDate()
        + " "
        + two(time.getHour())
        + ":"
        + two(time.getMinute())
        + ":"
        + two(time.getSecond());
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }
}
