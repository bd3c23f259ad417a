package dev.sexton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests valid and invalid command lines.
class UsageTest {
  @TempDir Path home;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--app x",
        "no-such-command",
        "help no-such-command",
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
        "lst",
        "list --jsn",
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
        "-h",
        "help",
        "help list",
        "help help",
        "help completion",
        "man --help",
        "stop -h",
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
  void withoutAnyArgumentItHelps() {
    CommandRun run = CommandRun.of(home);

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEqualTo(CommandRun.of(home, "--help").out()).contains("sexton mcp");
    assertThat(run.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "lst, list",
    "swepe, sweep",
    "mpc, mcp",
    "list --jsn, --json",
    "sweep --gracee=1s, --grace",
    "run --nmae x true, --name"
  })
  void sayWhatWasProbablyMeant(String line, String meant) {
    assertThat(CommandRun.of(home, arguments(line)).err())
        .contains(", did you mean \"" + meant + "\"?");
  }

  @Test
  void guessesNothingFarFetched() {
    assertThat(CommandRun.of(home, "x").err()).doesNotContain("did you mean");
    assertThat(CommandRun.of(home, "frobnicate").err()).doesNotContain("did you mean");
  }

  @Test
  void warnsOfANamedDirectoryThatDoesNotExist() {
    for (String command : List.of("list", "sweep", "history")) {
      CommandRun run = CommandRun.of(home, command, "--state-dir", home.resolve("typo").toString());

      assertThat(run.exitCode()).isZero();
      assertThat(run.err()).contains(home.resolve("typo") + " does not exist");
      assertThat(home.resolve("typo")).doesNotExist();
    }
    Map<String, String> environment = Map.of("SEXTON_STATE_DIR", home.resolve("typo").toString());
    assertThat(CommandRun.of(home, environment, false, "list").err()).contains("does not exist");
    assertThat(CommandRun.of(home, environment, false, "list", "-q").err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HOME", "SEXTON_HOME", "SEXTON_STATE_DIR"})
  void refusesAPathThatIsNoText(String variable) {
    // The JDK turns the byte 0xff into this. The directory that really has this name is another
    // one.
    Map<String, String> environment = Map.of(variable, home + "/\uFFFD");
    CommandRun run = CommandRun.of(home, environment, false, "sweep");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err()).contains("not valid UTF-8");
    assertThat(CommandRun.of(home, "list", "--state-dir", home + "/\uFFFD").exitCode())
        .isEqualTo(3);
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
  @CsvSource({
    "--grace 10s sweep, the option --grace is before the command: write sexton sweep --grace 10s",
    "--json --keep x -q list, the option --keep is before the command: write sexton list --keep x",
    "--http 80 mcp, the option --http is before the command: write sexton mcp --http 80",
    "--since 1h, the option --since is before the command: write sexton COMMAND --since 1h",
    "--json sweeep, 'no such command: sweeep, did you mean \"sweep\"?: see sexton --help'",
    "--grace=10s sweeep, 'no such command: sweeep, did you mean \"sweep\"?: see sexton --help'"
  })
  void saysThatAnOptionWithAValueComesAfterTheCommand(String line, String message) {
    CommandRun run = CommandRun.of(home, arguments(line));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).isEqualTo("sexton: " + message + "\n");
  }

  @Test
  void anOptionWithoutASpaceBeforeItsValueMayPrecedeTheCommand() {
    assertThat(CommandRun.of(home, "--grace=1s", "--dry-run", "sweep").exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "list --keep x --keep !y",
        "sweep --keep x* --keep=!y",
        "sweep --dry-run --keep /x/*"
      })
  void programsToKeepMayBeNamedMoreThanOnce(String line) {
    assertThat(CommandRun.of(home, arguments(line)).exitCode()).isZero();
  }

  @Test
  void whatIsNoPatternOfProgramsToKeepIsNamed() {
    assertThat(CommandRun.of(home, "sweep", "--keep", "a\nb").err())
        .isEqualTo(
            "sexton: --keep: a keep pattern has a control character at position 2: use ?"
                + " instead\n");
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
