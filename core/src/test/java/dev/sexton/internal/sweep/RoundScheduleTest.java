package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.sweep.RoundSchedule.Facts;
import dev.sexton.internal.sweep.RoundSchedule.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests row by row what a round checks, given the findings of the previous round.
class RoundScheduleTest {
  /// The letters of the facts are D (dry run), F (may still fork), L (containers may come late) and
  /// J (may have just died). The letters of the scopes are P (processes) and E (engines), with W if
  /// the round waits first.
  @ParameterizedTest
  @CsvSource({
    // facts, first scope, stopped in the first round, second scope, stopped, third scope
    "'',   PE, '', '',   '', ''",
    "'',   PE, P,  P,    '', ''",
    "'',   PE, C,  E,    '', ''",
    "'',   PE, PC, PE,   P,  P",
    "L,    PE, P,  PEW,  '', ''",
    "L,    PE, P,  PEW,  P,  PEW",
    "L,    PE, '', '',   '', ''",
    "LJ,   PE, '', EW,   '', ''",
    "FLJ,  PE, '', PEW,  '', P",
    "F,    P,  '', P,    '', P",
    "F,    P,  P,  P,    '', P",
    "D,    PE, P,  '',   '', ''",
    "DFLJ, PE, PC, '',   '', ''",
    "'',   E,  C,  E,    C,  E",
    "'',   E,  '', '',   '', ''"
  })
  void aRoundFollowsFromTheOneBefore(
      String facts, String first, String stopped, String second, String then, String third) {
    RoundSchedule one = RoundSchedule.first(facts(facts), scope(first));
    RoundSchedule two = one.next(stopped.contains("P"), stopped.contains("C"));
    assertThat(text(two)).isEqualTo(second);
    if (!two.isOver()) {
      assertThat(text(two.next(then.contains("P"), then.contains("C")))).isEqualTo(third);
    }
  }

  private static Facts facts(String letters) {
    return new Facts(
        letters.contains("D"), letters.contains("F"), letters.contains("L"), letters.contains("J"));
  }

  private static Scope scope(String letters) {
    return new Scope(letters.contains("P"), letters.contains("E"));
  }

  private static String text(RoundSchedule round) {
    return (round.scope().processes() ? "P" : "")
        + (round.scope().engines() ? "E" : "")
        + (round.isLate() ? "W" : "");
  }

  @Test
  void anInstanceThatMayStillForkIsLeftAfterThreeQuietRounds() {
    RoundSchedule round = RoundSchedule.first(facts("F"), scope("P")).next(true, false);
    for (int quiet = 0; quiet < RoundSchedule.QUIET_ROUNDS; quiet++) {
      assertThat(round.isOver()).isFalse();
      round = round.next(false, false);
    }
    assertThat(round.isOver()).isTrue();
  }

  @Test
  void whatNeverEndsIsLeftToTheNextSweep() {
    RoundSchedule round = RoundSchedule.first(facts(""), scope("P"));
    int rounds = 0;
    while (!round.isOver()) {
      assertThat(round.isFirst()).isEqualTo(rounds == 0);
      assertThat(round.isLast()).isEqualTo(rounds == RoundSchedule.ROUNDS - 1);
      round = round.next(true, false);
      rounds++;
    }
    assertThat(rounds).isEqualTo(RoundSchedule.ROUNDS);
  }
}
