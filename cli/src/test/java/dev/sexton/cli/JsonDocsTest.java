package dev.sexton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests that docs/cli.md lists the keys that a command prints.
class JsonDocsTest {
  private static final Path DOCUMENT = Path.of("../docs/cli.md").toAbsolutePath().normalize();

  @TempDir Path directory;

  @Test
  void theDocumentHasTheKeysOfStop() throws IOException {
    Matcher object =
        Pattern.compile("\\*\\*`sexton stop .* With `--json`: `(\\{.*?})`;")
            .matcher(Files.readString(DOCUMENT));
    assertThat(object.find()).isTrue();
    List<String> documented = new ArrayList<>();
    Matcher key = Pattern.compile("\"([a-z_]+)\"").matcher(object.group(1));
    while (key.find()) {
      documented.add(key.group(1));
    }
    String id = "b7710e55-0000-4000-8000-000000000001";
    try (StateFixture fixture = new StateFixture(directory)) {
      fixture.unknown(id);
      CommandRun run = fixture.run("stop", id, "--json");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(documented).containsExactlyElementsOf(run.json().keySet());
    }
  }
}
