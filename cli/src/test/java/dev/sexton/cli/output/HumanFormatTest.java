package dev.sexton.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanFormatTest {
  @ParameterizedTest
  @CsvSource({
    "0, ''",
    "1, 0.1 kB",
    "1500, 1.5 kB",
    "999400, 999 kB",
    "999949, 1.0 MB",
    "84000000, 84 MB",
    "1900000000, 1.9 GB",
    "12345678901234, 12 TB",
    "9223372036854775807, 9.2 EB"
  })
  void memory(long bytes, String expected) {
    assertThat(HumanFormat.bytes(bytes)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "-5, 0 ms",
    "42, 42 ms",
    "99, 99 ms",
    "100, 0.1 s",
    "449, 0.4 s",
    "10012, 10.0 s",
    "59949, 59.9 s",
    "59950, 0 min 59 s",
    "125000, 2 min 5 s"
  })
  void time(long millis, String expected) {
    assertThat(HumanFormat.millis(millis)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "-10, 0s",
    "0, 0s",
    "119, 119s",
    "120, 2m",
    "7199, 119m",
    "7200, 2h",
    "172799, 47h",
    "172800, 2d",
    "31536000, 365d"
  })
  void age(long seconds, String expected) {
    Instant now = Instant.parse("2026-01-31T00:00:00Z");
    assertThat(HumanFormat.age(now.minusSeconds(seconds), now)).isEqualTo(expected);
  }

  @Test
  void anAgeThatIsNotKnownIsNone() {
    assertThat(HumanFormat.age(null, Instant.EPOCH)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, process, 0 processes", "1, process, 1 process", "2, container, 2 containers"})
  void counts(int count, String thing, String expected) {
    assertThat(HumanFormat.count(count, thing)).isEqualTo(expected);
  }
}
