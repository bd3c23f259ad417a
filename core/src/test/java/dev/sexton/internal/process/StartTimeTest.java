package dev.sexton.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests all comparisons of start times, row by row.
class StartTimeTest {
  private static final String MIN = "-9223372036854775808";
  private static final String MAX = "9223372036854775807";

  @ParameterizedTest
  @CsvSource({
    // one, other, same, before, after, clearly after
    "100 ticks,    100 ticks,    true,  false, false, false",
    "100 ticks,    101 ticks,    false, true,  false, false",
    "101 ticks,    100 ticks,    false, false, true,  false",
    "102 ticks,    100 ticks,    false, false, true,  true",
    "0 ticks,      0 ticks,      true,  false, false, false",
    "-1 ticks,     -1 ticks,     true,  false, false, false",
    "-1 ticks,     0 ticks,      false, true,  false, false",
    "1 ticks,      -1 ticks,     false, false, true,  true",
    "100 millis,   100 millis,   true,  false, false, false",
    "100 millis,   101 millis,   false, true,  false, false",
    "102 millis,   100 millis,   false, false, true,  true",
    "100 ticks,    100 millis,   false, false, false, false",
    "100 ticks,    900 millis,   false, false, false, false",
    "900 ticks,    100 millis,   false, false, false, false",
    "-1 ticks,     -1 millis,    false, false, false, false",
    MIN + " ticks, -1 ticks,     false, true,  false, false",
    MAX + " ticks, 100 ticks,    false, false, true,  true",
    "100 ticks," + MIN + " ticks,false, false, true,  true",
    "100 ticks," + MAX + " ticks,false, true,  false, false",
  })
  void timesAreComparedInOneUnitOnly(
      String one, String other, boolean same, boolean before, boolean after, boolean clearly) {
    StartTime time = time(one);
    StartTime reference = time(other);
    assertThat(time.equals(reference)).as("same").isEqualTo(same);
    assertThat(time.isBefore(reference)).as("before").isEqualTo(before);
    assertThat(time.isAfter(reference)).as("after").isEqualTo(after);
    assertThat(time.isClearlyAfter(reference)).as("clearly after").isEqualTo(clearly);
    if (same) {
      assertThat(time).hasSameHashCodeAs(reference);
    }
  }

  private static StartTime time(String text) {
    String[] words = text.strip().split(" ", -1);
    StartUnit unit = StartUnit.of(words[1]);
    assertThat(unit).isNotNull();
    return new StartTime(Long.parseLong(words[0]), unit);
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1, true", MAX + ", true", "-1, false", MIN + ", false"})
  void aNegativeTimeIsUnknown(long value, boolean known) {
    assertThat(StartTime.ticks(value).isKnown()).isEqualTo(known);
    assertThat(StartTime.millis(value).isKnown()).isEqualTo(known);
  }

  @Test
  void theLimitsAreBeyondAllOthers() {
    for (StartUnit unit : StartUnit.values()) {
      StartTime time = new StartTime(-1, unit);
      assertThat(StartTime.earliest(unit).isBefore(time)).isTrue();
      assertThat(StartTime.latest(unit).isAfter(time)).isTrue();
    }
    assertThat(StartTime.UNKNOWN.isKnown()).isFalse();
  }

  @Test
  void aTimeIsShiftedInItsUnit() {
    assertThat(StartTime.millis(7).plus(3)).isEqualTo(StartTime.millis(10));
    assertThat(StartTime.ticks(7).plus(-3)).isEqualTo(StartTime.ticks(4));
    assertThat(StartTime.millis(7).zero()).isEqualTo(StartTime.millis(0));
  }

  @Test
  void aUnitHasAWord() {
    assertThat(StartUnit.of("ticks")).isEqualTo(StartUnit.TICKS);
    assertThat(StartUnit.of("millis")).isEqualTo(StartUnit.MILLIS);
    assertThat(StartUnit.of("TICKS")).isNull();
    assertThat(StartUnit.of(null)).isNull();
  }
}
