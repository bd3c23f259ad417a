package dev.sexton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is given on the command line, right and wrong. */
class UsageTest {
  @TempDir Path home;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no-such-command",
        "reap",
        "reap b7710e55",
        "reap b7710e55-0000-4000-8000-000000000001",
        "reap ../../x --state-dir /tmp",
        "list extra",
        "list --no-such-option",
        "list --dry-run",
        "sweep --dry",
        "sweep --grace",
        "sweep --grace soon",
        "sweep --grace 1s --grace 2s",
        "sweep --assume-dead",
        "sweep --instance nonsense",
        "sweep --app ../etc",
        "sweep --keep",
        "sweep --keep=",
        "stop --keep ! x",
        "watch --keep !",
        "list --keep=",
        "list --state-dir",
        "list --state-dir=",
        "history --since yesterday",
        "--app",
        "list -x",
        "no\u001b[31msuch\ncommand"
      })
  void wrongUsageIsOneLineOnStderrAndNothingOnStdout(String line) {
    CommandRun run = CommandRun.of(home, arguments(line));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err()).startsWith("sexton: ").contains(": ").doesNotContain("\u001b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sweep --json --grace soon", "--json", "--json frob", "list --json x"})
  void withJsonTheErrorIsADocumentToo(String line) {
    CommandRun run = CommandRun.of(home, arguments(line));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.json().get("version").getAsString()).isNotEmpty();
    assertThat(run.json().get("error").getAsString()).isNotEmpty();
    assertThat(run.json().get("remedy").getAsString()).isNotEmpty();
    assertThat(run.errLines()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "list --help",
        "sweep --help",
        "doctor --help",
        "history --help",
        "demo --help"
      })
  void helpGoesToStdout(String line) {
    CommandRun run = CommandRun.of(home, arguments(line));

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("sexton");
    assertThat(run.outLines()).allMatch(text -> text.length() <= 80);
    assertThat(run.err()).isEmpty();
    assertThat(CommandRun.of(home, arguments(line + " --json")).json().get("help").getAsString())
        .isEqualTo(run.out());
  }

  @Test
  void theVersionIsOneLine() {
    assertThat(CommandRun.of(home, "--version").outLines()).hasSize(1);
    assertThat(CommandRun.of(home, "list", "--version").out()).startsWith("sexton ");
    assertThat(CommandRun.of(home, "--version", "--json").json().has("version")).isTrue();
  }

  @Test
  void optionsMayStandBeforeTheCommand() {
    CommandRun run =
        CommandRun.of(home, "--json", "--app", "mcp", "--state-dir", home.toString(), "list");

    assertThat(run.exitCode()).isZero();
    assertThat(run.json().get("instances").getAsJsonArray()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "list --keep x --keep !y",
        "sweep --keep x* --keep=!y",
        "sweep --dry-run --keep /x/*"
      })
  void programsToKeepMayBeNamedMoreThanOnce(String line) {
    CommandRun run = CommandRun.of(home, arguments(line));

    assertThat(run.exitCode()).isZero();
  }

  @Test
  void whatIsNoPatternOfProgramsToKeepIsNamed() {
    assertThat(CommandRun.of(home, "sweep", "--keep", "a\nb").err())
        .isEqualTo(
            "sexton: --keep: a keep pattern has a control character at position 2: write ? for it\n");
  }

  @Test
  void whereNothingCanBeReadItCannotWork() throws IOException {
    Path file = Files.createFile(home.resolve("file"));
    CommandRun run = CommandRun.of(home, "sweep", "--state-dir", file.toString());

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
    assertThat(run.errLines()).hasSize(1);
  }

  @Test
  void anEnvironmentThatLeadsNowhereIsNoStackTraceEither() {
    CommandRun run =
        CommandRun.of(home, Map.of("SEXTON_STATE_DIR", "nul\0"), false, "list", "--json");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.json().has("error")).isTrue();
    assertThat(run.errLines()).hasSize(1);
    CommandRun verbose =
        CommandRun.of(home, Map.of("SEXTON_STATE_DIR", "nul\0"), false, "list", "-v");
    assertThat(verbose.errLines()).hasSizeGreaterThan(2);
    assertThat(verbose.err()).contains("InvalidPathException");
  }

  @Test
  void whereNoServerEverWasThereIsNothingToDo() {
    assertThat(CommandRun.of(home, "list").exitCode()).isZero();
    assertThat(CommandRun.of(home, "list").out()).isEmpty();
    assertThat(CommandRun.of(home, "sweep").out()).isEqualTo("nothing to sweep.\n");
    assertThat(CommandRun.of(home, "history").out()).isEmpty();
    assertThat(home).isEmptyDirectory();
  }

  private static String[] arguments(String line) {
    return line.isEmpty() ? new String[0] : line.split(" ");
  }
}
