package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Tests that the page about the keep list matches the list.
class KeepDocsTest {
  private static final Path PAGE = Path.of("../docs/keep.md");
  private static final String TABLE = "| what | executables | only |";

  @Test
  void theTableIsTheList() throws IOException {
    List<String> rows = new ArrayList<>(List.of(TABLE, "|---|---|---|"));
    for (KeepRow row : KeepDefaults.TABLE) {
      rows.add("| " + row.kind() + " | " + code(row.names()) + " | " + condition(row) + " |");
    }
    String page = Files.readString(PAGE);
    int from = page.indexOf(TABLE);
    int end = page.indexOf("\n\n", from);
    assertThat(page.substring(from, end).lines()).containsExactlyElementsOf(rows);
  }

  @Test
  void theOptionsOfAutomationAreNamed() throws IOException {
    assertThat(Files.readString(PAGE))
        .contains(code(KeepDefaults.AUTOMATION))
        .contains(code(KeepDefaults.HELPER));
  }

  private static String condition(KeepRow row) {
    return switch (row.condition()) {
      case NAME -> "";
      case NOT_AUTOMATED -> "if it is not under automation, and not a helper process";
      case NOT_CLIENT_TITLE -> "if its title does not end in `: client`";
      case UPPER_CASE -> "if it calls itself `SCREEN`";
      case WITH_ARGUMENT -> "with " + code(row.arguments());
      case SEEN_ARGUMENT -> "if it is seen with " + code(row.arguments());
      case WITHOUT_ARGUMENT -> "without " + code(row.arguments());
      case SANDBOX -> "if what it runs is on this list";
    };
  }

  private static String code(List<String> words) {
    return words.stream()
        .map(word -> word.isEmpty() ? "no argument" : "`" + word + "`")
        .collect(Collectors.joining(", "));
  }
}
