package dev.sexton.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.cli.Main;
import dev.sexton.cli.option.OptionGroup;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.output.Io;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests that the completion scripts and the manual page have the options of `sexton mcp`.
class CompletionTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "completion bash, --%s",
        "completion zsh, --%s",
        "completion fish, '__sexton_in mcp' -l %s",
        "man, --%s"
      })
  void everyOptionIsThere(String line, String form) {
    String text = text(line.split(" ", -1)).replace("\\-", "-");

    for (OptionGroup group : new McpCommand().optionGroups()) {
      for (OptionSpec option : group.options()) {
        assertThat(text).contains(form.formatted(option.name()));
      }
    }
  }

  private static String text(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, UTF_8);

    assertThat(Main.run(new Io(print, print, false, false, Map.of()), args)).isZero();
    return out.toString(UTF_8);
  }
}
