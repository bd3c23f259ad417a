package dev.sexton.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.cli.command.CommandRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Tests that the documents describe the options that `sexton mcp` declares.
class OptionTablesTest {
  private static final Path DOCS = Path.of("../docs").toAbsolutePath().normalize();

  @Test
  void everyOptionForHttpIsInTheDocument() throws IOException {
    String text = Files.readString(DOCS.resolve("cli.md"));
    assertThat(HttpOptions.SPECS)
        .allSatisfy(option -> assertThat(text).contains("--" + option.name()));
  }

  /// The document lists them by their keys in the file.
  @Test
  void everyLimitIsInTheDocument() throws IOException {
    String text = Files.readString(DOCS.resolve("mcp.md"));
    assertThat(LimitsReader.SPECS.stream().skip(1))
        .allSatisfy(
            limit -> assertThat(text).contains("| `" + limit.name().replace('-', '_') + "` |"));
  }

  @Test
  void theOverviewHasTheSameLineWithAndWithoutThisModule() {
    assertThat(new McpCommand().summary()).isEqualTo(CommandRegistry.MCP_SUMMARY);
  }
}
