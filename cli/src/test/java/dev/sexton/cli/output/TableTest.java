package dev.sexton.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.cli.output.Table.Cell;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void columnsAreAlignedAndRowsExplained() {
    Table table = new Table(0, 3).limit(1, 6).right(2);
    table.heading("ID", "NAME", "MEMORY");
    table.row(null, cells("b7710e55", "名前", "84 MB"));
    table.row("its lock is free", cells("c01d2f9a", "very long", "1.9 GB"));
    table.row(null, cells("d", "x\ny", ""));

    assertThat(printed(table, 80))
        .isEqualTo(
            """
            ID        NAME    MEMORY
            b7710e55  名前     84 MB
            c01d2f9a  very …  1.9 GB
                      its lock is free
            d         x?y
            """);
  }

  @Test
  void laterRowsKeepTheWidthsOfTheFirst() {
    Table table = new Table(2, 2);
    table.row(null, cells("long name", "1"));
    printed(table);
    table.row(null, cells("a", "2"));

    assertThat(printed(table)).isEqualTo("  a          2\n");
  }

  @Test
  void nothingIsCutInAFile() {
    Table table = new Table(0, 2).limit(0, 4).limit(1, 4);
    String text = "word ".repeat(200).strip();
    table.row(text, cells(text, text));

    assertThat(printed(table))
        .isEqualTo(text + "  " + text + "\n" + " ".repeat(1001) + text + "\n");
  }

  @Test
  void onATerminalEveryLineFitsAndTheLastColumnIsWhole() {
    for (int columns : List.of(60, 80, 132)) {
      Table table = new Table(2, 4);
      table.heading("ID", "NAME", "APPLICATION", "WHY");
      String why = "its owner has ended and nobody holds its lock any more";
      table.row(why + why, cells("b7710e55", "n".repeat(35), "名".repeat(18), why));

      String printed = printed(table, columns);
      assertThat(printed.lines()).allMatch(line -> Table.width(line) <= columns);
      assertThat(printed.replaceAll("\\s+", " ")).contains("any more");
      assertThat(printed.contains("…")).isEqualTo(columns < 100);
    }
  }

  @Test
  void aTerminalThatIsTooNarrowStillShowsEverything() {
    Table table = new Table(0, 3);
    table.row("why", cells("b7710e55", "name", "text"));

    assertThat(printed(table, 5)).contains("b7710e55", "name", "text", "why");
  }

  private static List<Cell> cells(String... texts) {
    return List.of(texts).stream().map(Cell::of).toList();
  }

  private static String printed(Table table) {
    return printed(table, 0);
  }

  private static String printed(Table table, int columns) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    table.print(new StyledPrinter(new PrintStream(bytes, true, UTF_8), false, columns));
    return bytes.toString(UTF_8);
  }
}
