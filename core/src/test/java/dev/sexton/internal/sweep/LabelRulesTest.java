package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.ResourceKind;
import dev.sexton.internal.sweep.LabelRules.Evidence;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests the rules about labels row by row.
class LabelRulesTest {
  private static final Instant END = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant LATEST = END.plus(LabelRules.LATE);
  private static final Instant TOO_LATE = LATEST.plus(Duration.ofSeconds(1));

  private static final String GONE =
      "its image is gone, so it is unknown whether the label came from the image: if it is a"
          + " leftover, remove it by hand";
  private static final String INHERITED =
      "its image carries the same label, which therefore proves nothing: if it is a leftover,"
          + " remove it by hand";
  private static final String UNKNOWN =
      "its engine does not report when it was created, and its instance had ended by"
          + " 2026-03-01T12:00:00Z: if it is a leftover, remove it by hand";
  private static final String COPY =
      "it was created at 2026-03-01T12:01:01Z, and its instance had ended by 2026-03-01T12:00:00Z,"
          + " so it is a copy: if it is a leftover, remove it by hand";

  /// A rule's name or "none", the known evidence, and the expected objection.
  record Row(String rule, Evidence evidence, @Nullable String objection) {}

  static Stream<Row> rows() {
    return Stream.of(
        new Row("none", container(true, false, null, null), null),
        new Row("none", container(true, false, TOO_LATE, null), null),
        new Row("none", container(true, false, END.minusSeconds(9), END), null),
        new Row("none", container(true, false, LATEST, END), null),
        new Row("image gone", container(false, false, null, null), GONE),
        new Row("image gone", container(false, false, END, END), GONE),
        new Row("label of the image", container(true, true, null, null), INHERITED),
        new Row("label of the image", container(true, true, END, END), INHERITED),
        new Row("made at an unknown time", container(true, false, null, END), UNKNOWN),
        new Row("made after the end", container(true, false, TOO_LATE, END), COPY),
        new Row("none", other(ResourceKind.NETWORK, TOO_LATE), null),
        new Row("none", other(ResourceKind.NETWORK, null), null),
        new Row("none", other(ResourceKind.VOLUME, TOO_LATE), null),
        new Row("none", other(ResourceKind.VOLUME, null), null),
        new Row("none", other(ResourceKind.POD, LATEST), null),
        new Row("made after the end", other(ResourceKind.POD, TOO_LATE), COPY),
        new Row("made at an unknown time", other(ResourceKind.POD, null), UNKNOWN),
        new Row("made after the end", other(ResourceKind.SECRET, TOO_LATE), COPY),
        new Row("made after the end", other(ResourceKind.CONFIG_MAP, TOO_LATE), COPY));
  }

  private static Evidence container(
      boolean imageKnown, boolean inherited, @Nullable Instant made, @Nullable Instant end) {
    return new Evidence(ResourceKind.CONTAINER, imageKnown, inherited, made, end);
  }

  private static Evidence other(ResourceKind kind, @Nullable Instant made) {
    return new Evidence(kind, true, false, made, END);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void objectsOrDoesNot(Row row) {
    assertThat(new LabelRules().objection(row.evidence())).isEqualTo(row.objection());
  }

  static IntStream rules() {
    return IntStream.range(0, LabelRules.size());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aMissingRuleIsNoticed(int n) {
    LabelRules mutant = LabelRules.without(n);
    List<Row> noticing =
        rows()
            .filter(row -> row.rule().equals(LabelRules.name(n)))
            .filter(row -> mutant.objection(row.evidence()) == null)
            .toList();
    assertThat(noticing).as("rows that fail without \"%s\"", LabelRules.name(n)).isNotEmpty();
  }

  @Test
  void eachRowNamesARule() {
    List<String> names = rules().mapToObj(LabelRules::name).toList();
    assertThat(rows().map(Row::rule).filter(rule -> !rule.equals("none")).distinct())
        .containsExactlyInAnyOrderElementsOf(names);
  }
}
