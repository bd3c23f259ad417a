package dev.sexton.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.cli.Commands;
import dev.sexton.cli.command.StopCommand;
import dev.sexton.cli.help.CompletionCommand;
import dev.sexton.cli.help.HelpCommand;
import dev.sexton.cli.option.Candidates.Kind;
import dev.sexton.cli.run.RunCommand;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests which values a shell offers for a placeholder.
class CandidatesTest {
  @ParameterizedTest
  @CsvSource({
    "FILE, FILE",
    "DIR, DIRECTORY",
    "UUID, INSTANCE",
    "UUID|PREFIX|NAME, INSTANCE_OR_NAME",
    "[COMMAND], COMMAND",
    "[--] COMMAND [ARG…], PROGRAM",
    "TIME, NONE",
    "[HOST:]PORT, NONE",
    "'', NONE"
  })
  void followFromThePlaceholder(String placeholder, Kind kind) {
    assertThat(Candidates.of(placeholder)).isEqualTo(new Candidates(kind, List.of()));
  }

  @Test
  void alternativesInLowerCaseAreValues() {
    assertThat(Candidates.of("stop|keep").words()).containsExactly("stop", "keep");
    assertThat(Candidates.of("TIME|never").words()).containsExactly("never");
  }

  @Test
  void anOptionWithoutAValueHasNone() {
    assertThat(Candidates.of(null)).isEqualTo(new Candidates(Kind.NONE, List.of()));
  }

  /// A placeholder that [Candidates] does not know offers nothing, which nobody would notice.
  @Test
  void theCommandsUseThem() {
    assertThat(Candidates.of(new RunCommand().operands()).kind()).isEqualTo(Kind.PROGRAM);
    assertThat(Candidates.of(new StopCommand().operands()).kind()).isEqualTo(Kind.INSTANCE_OR_NAME);
    assertThat(Candidates.of(new HelpCommand(Commands.ALL).operands()).kind())
        .isEqualTo(Kind.COMMAND);
    assertThat(Candidates.of(new CompletionCommand(Commands.ALL).operands()).words())
        .containsExactly("bash", "zsh", "fish");
  }
}
