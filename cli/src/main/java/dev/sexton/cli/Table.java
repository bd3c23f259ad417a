package dev.sexton.cli;

import dev.sexton.cli.Screen.Style;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of which the columns are aligned; a row may have a line below that explains it. */
final class Table {
  private static final int GAP = 2;

  /**
   * One field.
   *
   * @param text what it says
   * @param style how it looks
   */
  record Cell(String text, Style style) {
    static Cell of(String text) {
      return new Cell(text, Style.PLAIN);
    }
  }

  private record Row(List<Cell> cells, @Nullable String explanation) {}

  private final int indent;
  private final int[] widths;
  private final int[] limits;
  private final boolean[] right;
  private final List<Row> rows = new ArrayList<>();

  /**
   * Without rows.
   *
   * @param indent how far from the left
   * @param columns how many columns
   */
  Table(int indent, int columns) {
    this.indent = indent;
    this.widths = new int[columns];
    this.limits = new int[columns];
    this.right = new boolean[columns];
    java.util.Arrays.fill(limits, 40);
  }

  /** Aligns a column on its right, for numbers. */
  Table right(int column) {
    right[column] = true;
    return this;
  }

  /** Cuts what is longer in a column. */
  Table limit(int column, int characters) {
    limits[column] = characters;
    return this;
  }

  void heading(String... names) {
    List<Cell> cells = new ArrayList<>(names.length);
    for (String name : names) {
      cells.add(new Cell(name, Style.HEADING));
    }
    row(null, cells);
  }

  /**
   * Adds a row.
   *
   * @param explanation a line below the row, under its second column; null for none
   */
  void row(@Nullable String explanation, List<Cell> cells) {
    List<Cell> cut = new ArrayList<>(cells.size());
    for (int i = 0; i < cells.size(); i++) {
      Cell cell = cells.get(i);
      String text = Safe.cut(cell.text(), limits[i]);
      widths[i] = Math.max(widths[i], width(text));
      cut.add(new Cell(text, cell.style()));
    }
    rows.add(new Row(cut, explanation));
  }

  /** Prints the rows and forgets them; the widths stay. */
  void print(Screen screen) {
    for (Row row : rows) {
      print(screen, row.cells());
      if (row.explanation() != null) {
        screen
            .space(indent + widths[0] + GAP)
            .add(Style.FAINT, Safe.cut(row.explanation(), 400))
            .end();
      }
    }
    rows.clear();
  }

  private void print(Screen screen, List<Cell> cells) {
    int last = cells.size() - 1;
    while (last > 0 && cells.get(last).text().isEmpty()) {
      last--;
    }
    screen.space(indent);
    for (int i = 0; i <= last; i++) {
      Cell cell = cells.get(i);
      int padding = widths[i] - width(cell.text());
      screen.space(right[i] ? padding : 0).add(cell.style(), cell.text());
      if (i < last) {
        screen.space((right[i] ? 0 : padding) + GAP);
      }
    }
    screen.end();
  }

  /** How many columns of a terminal the text takes. */
  private static int width(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (point < 0x300) {
        width++;
      } else if (Character.getType(point) != Character.NON_SPACING_MARK) {
        width += isWide(point) ? 2 : 1;
      }
    }
    return width;
  }

  /** The blocks of Chinese, Japanese and Korean writing, and of pictures. */
  private static boolean isWide(int point) {
    return (point >= 0x1100 && point <= 0x115f)
        || (point >= 0x2e80 && point <= 0xd7a3)
        || (point >= 0xf900 && point <= 0xfaff)
        || (point >= 0xfe30 && point <= 0xfe6f)
        || (point >= 0xff00 && point <= 0xff60)
        || (point >= 0x1f300 && point <= 0x1faff)
        || point >= 0x20000;
  }
}
