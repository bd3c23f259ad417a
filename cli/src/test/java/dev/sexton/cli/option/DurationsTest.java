package dev.sexton.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "10s, PT10S",
    "10, PT10S",
    "0, PT0S",
    "2m, PT2M",
    "1h, PT1H",
    "7d, PT168H",
    "007, PT7S",
    "10000d, PT240000H"
  })
  void aDurationIsANumberAndAUnit(String text, Duration expected) throws Exception {
    assertThat(Durations.parse("--grace", text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "s", "-1", "+1", "1.5s", "1 s", "1S", "1y", "1e3", "٣s", "never", "1s1s"})
  void anythingElseIsWrongUsage(String text) {
    assertThatThrownBy(() -> Durations.parse("--grace", text))
        .isInstanceOfSatisfying(
            CommandException.class, wrong -> assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("--grace is not a duration");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10001d", "999999999999999999", "9223372036854775807h", "99999999999999999999d"})
  void oneThatWouldOverflowIsWrongUsage(String text) {
    assertThatThrownBy(() -> Durations.parse("--since", text))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("--since is too long");
  }
}
