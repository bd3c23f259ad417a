package dev.sexton.cli.help;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.sexton.cli.CommandRun;
import dev.sexton.cli.Commands;
import dev.sexton.cli.command.Command;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.OptionSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests that the completion scripts and the manual page have every command and every option.
class GeneratedTextsTest {
  @TempDir Path home;

  private static List<Command> commands() throws IOException {
    try (CommandCatalog catalog = CommandCatalog.open(Commands.ALL)) {
      return catalog.commands();
    }
  }

  private String text(String... args) {
    CommandRun run = CommandRun.of(home, args);
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).endsWith("\n").doesNotContainPattern("@[a-z_]+@");
    return run.out();
  }

  /// Returns the part of a text that a pattern encloses in a group.
  private static String part(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  @Test
  void theBashScriptHasEveryOption() throws IOException {
    String script = text("completion", "bash");
    for (Command command : commands()) {
      String words = part(script, "\n {10}" + command.name() + "\\) words='([^']*)'");
      for (OptionSpec option : CommandCatalog.options(command)) {
        assertThat(words.split(" ", -1)).contains("--" + option.name());
        assertThat(
                script.contains(command.name() + ":--" + option.name() + " ")
                    || script.contains(command.name() + ":--" + option.name() + ")")
                    || script.contains("*:--" + option.name() + " "))
            .as("value of --" + option.name())
            .isEqualTo(option.valueName() != null);
      }
      assertThat(part(script, "'(run list [^']*)'").split(" ", -1)).contains(command.name());
    }
  }

  @Test
  void theZshScriptHasEveryOption() throws IOException {
    String script = text("completion", "zsh");
    for (Command command : commands()) {
      assertThat(script).contains("\n    '" + command.name() + ":");
      String arm = part(script, "\n    " + command.name() + "\\)\n(.*?);;");
      for (OptionSpec option : CommandCatalog.options(command)) {
        String start = "--" + option.name();
        if (option.letter() != null) {
          assertThat(arm).contains("{-" + option.letter() + "," + start + "}'[");
        } else {
          assertThat(arm).contains(start + (option.valueName() == null ? "[" : "=["));
        }
      }
    }
  }

  @Test
  void theFishScriptHasEveryOption() throws IOException {
    String script = text("completion", "fish");
    for (Command command : commands()) {
      assertThat(script).contains("\"' -a " + command.name() + " -d '");
      for (OptionSpec option : CommandCatalog.options(command)) {
        assertThat(script)
            .contains(
                "'__sexton_in "
                    + command.name()
                    + "'"
                    + (option.letter() == null ? "" : " -s " + option.letter())
                    + " -l "
                    + option.name()
                    + " ");
      }
    }
  }

  @Test
  void theManualPageHasEveryOption() throws IOException {
    String page = text("man");
    String common = part(page, "\\.SH \"OPTIONS OF EVERY COMMAND\"\n(.*?)\\.SH");
    for (OptionSpec option : Arguments.COMMON) {
      assertThat(common).contains("\n.B " + ManPage.escape(option.term()) + "\n");
    }
    for (Command command : commands()) {
      String section = part(page, "\n\\.SS \"sexton " + command.name() + "\"\n(.*?)\\.S[SH] ");
      for (OptionSpec option : command.ownOptions()) {
        assertThat(section).contains("\n.B " + ManPage.escape(option.term()) + "\n");
      }
    }
    assertThat(page).matches("[\\n -~]*");
  }

  @ParameterizedTest
  @CsvSource({
    "completion bash, script",
    "completion zsh, script",
    "completion fish, script",
    "man, page"
  })
  void withJsonTheTextIsInADocument(String line, String key) {
    JsonObject document = CommandRun.of(home, (line + " --json").split(" ", -1)).json();

    assertThat(document.get(key).getAsString()).isEqualTo(text(line.split(" ", -1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"completion", "completion tcsh", "completion bash zsh"})
  void namesTheShellsThatItKnows(String line) {
    CommandRun run = CommandRun.of(home, line.split(" ", -1));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(": write sexton completion bash, zsh or fish");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--keep     ; \\-\\-keep",
        "a\\b       ; a\\eb",
        ".TH        ; \\&.TH",
        "[ARG…]     ; [ARG.\\|.\\|.]",
        "~/x `y` ü  ; \\(ti/x \\(gay\\(ga \\[u00FC]"
      })
  void theManualPageIsPlainText(String text, String escaped) {
    assertThat(ManPage.escape(text)).isEqualTo(escaped);
  }

  @Test
  void anApostropheAtTheBeginningOfALineIsNoMacro() {
    assertThat(ManPage.escape("'so' x")).isEqualTo("\\(aqso\\(aq x");
  }
}
