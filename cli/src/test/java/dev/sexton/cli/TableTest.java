package dev.sexton.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.cli.Table.Cell;
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

    assertThat(printed(table))
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

  private static List<Cell> cells(String... texts) {
    return List.of(texts).stream().map(Cell::of).toList();
  }

  private static String printed(Table table) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    table.print(new Screen(new PrintStream(bytes, true, UTF_8), false));
    return bytes.toString(UTF_8);
  }
}
