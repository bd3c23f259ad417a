package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.Outcome;
import dev.sexton.internal.sweep.SparingEvidence.RunBy;
import dev.sexton.internal.sweep.SparingRules.Sparing;
import dev.sexton.testsupport.Texts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests the rules row by row.
class SparingRulesTest {
  private static final Path PROTOCOL = Path.of("../docs/protocol.md");

  /// The known facts about a process.
  private record Facts(
      boolean isProtected,
      @Nullable String liveInstance,
      boolean optsOut,
      boolean ownerOptedOut,
      boolean isRecorded,
      @Nullable String keptProgram,
      @Nullable String unit,
      @Nullable String ownersUnit,
      RunBy runBy)
      implements SparingEvidence {}

  /// A process that no rule spares.
  private static final Facts OWN =
      new Facts(false, null, false, false, false, null, "a.service", "a.service", RunBy.SAME);

  /// A process with its outcome.
  ///
  /// @param rule the rule that decides; empty if none does
  record Row(String rule, SparingEvidence evidence, @Nullable Sparing sparing) {
    @Override
    public String toString() {
      return rule + ": " + evidence;
    }
  }

  private static final String LIVE = "another instance that is not dead (a:1)";
  private static final Sparing OF_LIVE = kept("it belongs to " + LIVE);
  private static final Sparing OPTED_OUT = kept("it opted out (SEXTON_KEEP)");
  private static final Sparing PROGRAM = kept("it is a browser");
  private static final Sparing UNIT =
      kept("it runs in a different systemd unit than the server did (b.service)");
  private static final Sparing PROTECTED =
      denied("it is this sweep itself, one of its ancestors, or a system process");
  private static final Sparing HIDDEN = denied("it cannot be determined which user runs it");
  private static final Sparing OTHERS = denied("it is another user's process");

  private static Sparing kept(String reason) {
    return new Sparing(Outcome.KEPT, reason);
  }

  private static Sparing denied(String reason) {
    return new Sparing(Outcome.DENIED, reason);
  }

  private static Facts facts(
      boolean isProtected,
      @Nullable String live,
      boolean optsOut,
      @Nullable String program,
      String unit,
      RunBy runBy) {
    return new Facts(isProtected, live, optsOut, false, false, program, unit, "a.service", runBy);
  }

  private static Facts recorded(Facts facts) {
    return new Facts(
        facts.isProtected(),
        facts.liveInstance(),
        facts.optsOut(),
        facts.ownerOptedOut(),
        true,
        facts.keptProgram(),
        facts.unit(),
        facts.ownersUnit(),
        facts.runBy());
  }

  private static Facts below(boolean ownerOptedOut, boolean optsOut) {
    return new Facts(false, null, optsOut, ownerOptedOut, false, null, "", "a.service", RunBy.SAME);
  }

  private static Facts inUnits(@Nullable String unit, @Nullable String owners) {
    return new Facts(false, null, false, false, false, null, unit, owners, RunBy.SAME);
  }

  static Stream<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.add(new Row("", OWN, null));
    rows.add(new Row("", recorded(OWN), null));

    // All facts at once, and then each time without the first fact that decides, down to the last.
    Facts all = facts(true, LIVE, true, "a browser", "b.service", RunBy.ANOTHER);
    rows.add(new Row("live instance", all, OF_LIVE));
    rows.add(
        new Row(
            "opted out",
            facts(true, null, true, "a browser", "b.service", RunBy.ANOTHER),
            OPTED_OUT));
    rows.add(
        new Row(
            "kept program",
            facts(true, null, false, "a browser", "b.service", RunBy.ANOTHER),
            PROGRAM));
    rows.add(
        new Row("another unit", facts(true, null, false, null, "b.service", RunBy.ANOTHER), UNIT));
    rows.add(
        new Row(
            "protected", facts(true, null, false, null, "a.service", RunBy.ANOTHER), PROTECTED));
    rows.add(
        new Row(
            "another user", facts(false, null, false, null, "a.service", RunBy.ANOTHER), OTHERS));
    rows.add(
        new Row("user hidden", facts(false, null, false, null, "a.service", RunBy.HIDDEN), HIDDEN));

    // Each fact alone.
    rows.add(new Row("live instance", facts(false, LIVE, false, null, "", RunBy.SAME), OF_LIVE));
    rows.add(new Row("opted out", facts(false, null, true, null, "", RunBy.SAME), OPTED_OUT));
    rows.add(
        new Row("kept program", facts(false, null, false, "a browser", "", RunBy.SAME), PROGRAM));
    rows.add(new Row("protected", facts(true, null, false, null, "", RunBy.SAME), PROTECTED));
    rows.add(new Row("", facts(false, null, false, null, "", RunBy.ENDED), null));

    // A recorded process belongs to the instance, whatever program it runs and in whichever unit.
    rows.add(
        new Row(
            "", recorded(facts(false, null, false, "a browser", "b.service", RunBy.SAME)), null));
    rows.add(
        new Row(
            "live instance", recorded(facts(false, LIVE, false, null, "", RunBy.SAME)), OF_LIVE));
    rows.add(
        new Row("opted out", recorded(facts(false, null, true, null, "", RunBy.SAME)), OPTED_OUT));
    rows.add(
        new Row("protected", recorded(facts(true, null, false, null, "", RunBy.SAME)), PROTECTED));
    rows.add(
        new Row(
            "user hidden", recorded(facts(false, null, false, null, "", RunBy.HIDDEN)), HIDDEN));
    rows.add(
        new Row(
            "another user", recorded(facts(false, null, false, null, "", RunBy.ANOTHER)), OTHERS));

    // If the owner itself had opted out, an inherited opt-out means nothing.
    rows.add(new Row("", below(true, true), null));
    rows.add(new Row("opted out", below(false, true), OPTED_OUT));
    rows.add(new Row("", below(true, false), null));

    // A unit counts only if both units are known and the process has one.
    rows.add(new Row("another unit", inUnits("b.service", "a.service"), UNIT));
    rows.add(new Row("another unit", inUnits("b.service", ""), UNIT));
    rows.add(new Row("", inUnits("a.service", "a.service"), null));
    rows.add(new Row("", inUnits("", "a.service"), null));
    rows.add(new Row("", inUnits(null, "a.service"), null));
    rows.add(new Row("", inUnits("b.service", null), null));
    rows.add(new Row("", inUnits(null, null), null));
    return rows.stream();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void eachRowHasItsOutcome(Row row) {
    assertThat(new SparingRules().judge(row.evidence())).isEqualTo(row.sparing());
  }

  static IntStream rules() {
    return IntStream.range(0, SparingRules.size());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void withoutAnyRuleOneOfItsOwnRowsFails(int rule) {
    SparingRules without = SparingRules.without(rule);
    assertThat(rows().filter(row -> row.rule().equals(SparingRules.name(rule))))
        .as("rows of \"%s\"", SparingRules.name(rule))
        .anyMatch(row -> !Objects.equals(without.judge(row.evidence()), row.sparing()));
  }

  @Test
  void everyRuleHasARow() {
    assertThat(rows().map(Row::rule).filter(rule -> !rule.isEmpty()).distinct())
        .containsExactlyInAnyOrderElementsOf(rules().mapToObj(SparingRules::name).toList());
  }

  @Test
  void whatKeepsComesBeforeWhatDenies() {
    List<Outcome> outcomes =
        rules()
            .mapToObj(SparingRules::name)
            .map(name ->
                rows()
                    .filter(row -> row.rule().equals(name))
                    .map(row -> Objects.requireNonNull(row.sparing()).outcome())
                    .findFirst()
                    .orElseThrow())
            .toList();
    assertThat(outcomes.subList(0, 4)).containsOnly(Outcome.KEPT);
    assertThat(outcomes.subList(4, outcomes.size())).containsOnly(Outcome.DENIED);
  }

  @Test
  void theProtocolHasTheSameTable() throws IOException {
    List<String> names = Texts.firstColumn(PROTOCOL, "## What is left alone");
    assertThat(names).isEqualTo(rules().mapToObj(SparingRules::name).toList());
  }
}
