package dev.sexton.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinuxClockTest {
  private static final long BOOTED = 1_000_000;

  private long wall = BOOTED + 50_000;
  private int readings;

  /// Returns the other clock's time.
  ///
  /// The first readings are late.
  private long late(int times, long delay) {
    if (readings++ < times) {
      wall += delay;
    }
    return wall - BOOTED;
  }

  @Test
  void aDelayBetweenTheReadingsMakesNothingOlder() {
    assertThat(LinuxClock.origin(() -> wall, () -> late(3, 40))).isEqualTo(BOOTED);
    assertThat(readings).isEqualTo(4);
  }

  @Test
  void theClosestReadingCountsWhereAllAreLate() {
    assertThat(LinuxClock.origin(() -> wall, () -> late(Integer.MAX_VALUE, 60 - 5L * readings)))
        .isEqualTo(BOOTED - 15);
  }

  @Test
  void oneReadingIsEnoughWhereNothingComesBetween() {
    assertThat(LinuxClock.origin(() -> wall, () -> late(0, 0))).isEqualTo(BOOTED);
    assertThat(readings).isEqualTo(1);
  }
}
