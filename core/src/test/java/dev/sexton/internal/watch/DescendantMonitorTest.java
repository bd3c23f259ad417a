package dev.sexton.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Tests the pauses between two checks of the processes below the owners.
class DescendantMonitorTest {
  private static final long QUICK = Duration.ofMillis(1).toNanos();

  @Test
  void doublesThePauseUpToALimitWhileNothingChanges() {
    long pause = DescendantMonitor.SHORTEST_NANOS;
    assertThat(DescendantMonitor.pauseAfter(pause, QUICK, false)).isEqualTo(2 * pause);
    for (int i = 0; i < 10; i++) {
      pause = DescendantMonitor.pauseAfter(pause, QUICK, false);
    }
    assertThat(pause).isEqualTo(DescendantMonitor.LONGEST_NANOS);
  }

  @Test
  void startsAgainWithTheShortestPauseAfterAChange() {
    assertThat(DescendantMonitor.pauseAfter(DescendantMonitor.LONGEST_NANOS, QUICK, true))
        .isEqualTo(DescendantMonitor.SHORTEST_NANOS);
  }

  @Test
  void limitsTheLoadOfASlowCheckAlsoBeyondTheLongestPause() {
    long slow = Duration.ofMillis(200).toNanos();
    long atLeast = DescendantMonitor.PAUSE_FACTOR * slow;
    assertThat(atLeast).isGreaterThan(DescendantMonitor.LONGEST_NANOS);
    for (boolean changed : new boolean[] {true, false}) {
      assertThat(DescendantMonitor.pauseAfter(DescendantMonitor.SHORTEST_NANOS, slow, changed))
          .isEqualTo(atLeast);
    }
  }
}
