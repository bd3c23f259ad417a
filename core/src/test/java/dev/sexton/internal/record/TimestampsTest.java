package dev.sexton.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
  private static final ZoneId ZONE = ZoneId.of("America/New_York");

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T23:59:59, 2026-02-01T04:59:59Z",
    "2026-07-31T12:00:00.123456, 2026-07-31T16:00:00.123456Z",
    "2026-07-31T12:00:00.5, 2026-07-31T16:00:00.500Z",
    "2026-07-31T12:00:00.123456789Z, 2026-07-31T12:00:00.123456789Z",
    "2026-07-31T12:00:00Z, 2026-07-31T12:00:00Z",
    "2026-07-31T12:00:00+02:00, 2026-07-31T10:00:00Z",
    "2026-07-31T12:00:00.25-05:00, 2026-07-31T17:00:00.250Z",
    "2026-07-31T12:00Z, 2026-07-31T12:00:00Z",
    "2026-07-31T12:00, 2026-07-31T16:00:00Z"
  })
  void aMomentIsReadInEveryFormThatRecordsHave(String text, Instant expected) {
    assertThat(Timestamps.parse(text, ZONE)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "yesterday",
        "2026-07-31",
        "2026-13-01T00:00:00",
        "2026-02-30T00:00:00",
        "2026-07-31T24:00:01",
        "2026-07-31T12:00:61Z",
        "2026-07-31T12:00:00.1234567890",
        "2026-07-31T12:00:00,5",
        "2026-07-31 12:00:00",
        "+026-07-31T12:00:00",
        "٢٠٢٦-07-31T12:00:00"
      })
  void whatIsNoMomentIsNone(String text) {
    assertThat(Timestamps.parse(text, ZONE)).isNull();
  }

  @Test
  void aTimeThatTheClockSkippedIsTakenAsTheJdkTakesIt() {
    assertThat(Timestamps.parse("2026-03-08T02:30:00", ZONE))
        .isEqualTo(Instant.parse("2026-03-08T07:30:00Z"));
  }
}
