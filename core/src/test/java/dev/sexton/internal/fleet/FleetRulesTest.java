package dev.sexton.internal.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.Liveness;
import dev.sexton.internal.fleet.FleetRules.Evidence;
import dev.sexton.internal.liveness.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests the rules row by row.
class FleetRulesTest {
  record Row(String rule, Liveness published, boolean isRenewed, Verdict verdict) {
    Evidence evidence() {
      return new Evidence(Published.instance(Published.host("a"), 1, published), isRenewed);
    }
  }

  private static final Verdict DEAD = Verdict.dead("dead, says its host a: why");
  private static final Verdict NO_LEASE =
      Verdict.unknown(
          "the watcher that published it holds no lease: its host a or its watcher is down, or"
              + " cannot reach the store: look there");

  static Stream<Row> rows() {
    return Stream.of(
        new Row("dead on its host", Liveness.DEAD, true, DEAD),
        new Row("dead on its host", Liveness.DEAD, false, DEAD),
        new Row("no lease", Liveness.ALIVE, false, NO_LEASE),
        new Row("no lease", Liveness.UNKNOWN, false, NO_LEASE),
        new Row("renewed", Liveness.ALIVE, true, Verdict.alive("alive, says its host a: why")),
        new Row(
            "undecided on its host",
            Liveness.UNKNOWN,
            true,
            Verdict.unknown("its host a cannot tell: why")));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theRuleDecides(Row row) {
    assertThat(new FleetRules().judge(row.evidence())).isEqualTo(row.verdict());
  }

  @Test
  void everyRuleHasARow() {
    assertThat(rows().map(Row::rule).distinct()).containsExactlyElementsOf(names());
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void theAbsenceOfARuleIsNoticed(int rule) {
    FleetRules mutant = FleetRules.without(rule);
    assertThat(rows())
        .anySatisfy(row -> assertThat(mutant.judge(row.evidence())).isNotEqualTo(row.verdict()));
  }

  static IntStream mutants() {
    return IntStream.range(0, FleetRules.TABLE.rules().size());
  }

  /// Without a lease nothing is alive, and nothing is dead that its host has not called dead.
  @Test
  void aLostLeaseIsNoDeath() {
    for (Liveness published : List.of(Liveness.ALIVE, Liveness.UNKNOWN)) {
      Evidence evidence =
          new Evidence(Published.instance(Published.host("a"), 1, published), false);
      assertThat(new FleetRules().judge(evidence).liveness()).isEqualTo(Liveness.UNKNOWN);
    }
  }

  @Test
  void theDocumentHasTheSameRules() throws IOException {
    String text = Files.readString(Path.of("../docs/protocol.md"));
    String table = text.substring(text.indexOf("## Fleet"));
    assertThat(table).contains(names().stream().map(name -> "| " + name + " |").toList());
  }

  private static List<String> names() {
    return FleetRules.TABLE.names();
  }
}
