package dev.sexton.cli.output;

import dev.sexton.cli.output.StyledPrinter.Style;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A table with aligned columns. A row may have a line below that explains it.
public final class Table {
  private static final int GAP = 2;

  /// Columns are not cut below this width.
  private static final int NARROWEST = 8;

  /// The last column keeps this width as long as others can be cut.
  private static final int READABLE = 24;

  /// A field of a row.
  ///
  /// @param text the content
  /// @param style the style of the text
  public record Cell(String text, Style style) {
    public static Cell of(String text) {
      return new Cell(text, Style.PLAIN);
    }
  }

  private record Row(List<Cell> cells, @Nullable String explanation) {}

  private final int indent;
  private final int[] widths;
  private final int[] limits;
  private final boolean[] right;
  private final List<Row> rows = new ArrayList<>();

  /// Creates a table without rows.
  ///
  /// @param indent the left margin
  /// @param columns the number of columns
  public Table(int indent, int columns) {
    this.indent = indent;
    this.widths = new int[columns];
    this.limits = new int[columns];
    this.right = new boolean[columns];
    java.util.Arrays.fill(limits, 40);
  }

  /// Aligns a column on its right, for numbers.
  public Table right(int column) {
    right[column] = true;
    return this;
  }

  /// Limits the width of a column on a terminal. Longer text is cut.
  public Table limit(int column, int characters) {
    limits[column] = characters;
    return this;
  }

  public void heading(String... names) {
    List<Cell> cells = new ArrayList<>(names.length);
    for (String name : names) {
      cells.add(new Cell(name, Style.HEADING));
    }
    row(null, cells);
  }

  /// Adds a row.
  ///
  /// @param explanation a line below the row, under its second column; null for none
  public void row(@Nullable String explanation, List<Cell> cells) {
    rows.add(new Row(List.copyOf(cells), explanation));
  }

  /// Prints the rows and removes them. The widths stay. On a terminal the rows fit: the last column
  /// and explanations are wrapped, others are cut. In a file or a pipe nothing is cut.
  public void print(StyledPrinter screen) {
    boolean fits = screen.columns() > 0;
    for (Row row : rows) {
      for (int i = 0; i < widths.length; i++) {
        int width = width(row.cells().get(i).text());
        widths[i] = Math.max(widths[i], fits ? Math.min(width, limits[i]) : width);
      }
    }
    int[] shown = fits ? fitted(screen.columns()) : widths;
    for (Row row : rows) {
      print(screen, row.cells(), shown);
      if (row.explanation() != null) {
        int margin = indent + shown[0] + GAP;
        for (String line : lines(row.explanation(), fits ? screen.columns() - margin : 0)) {
          screen.space(margin).add(Style.FAINT, line).end();
        }
      }
    }
    rows.clear();
  }

  /// Returns widths with which a row takes at most this many columns, if possible.
  private int[] fitted(int columns) {
    int[] shown = widths.clone();
    int last = shown.length - 1;
    shown[last] = Math.min(shown[last], READABLE);
    while (total(shown) > columns) {
      int widest = 0;
      for (int i = 1; i < last; i++) {
        widest = shown[i] > shown[widest] ? i : widest;
      }
      if (shown[widest] <= NARROWEST) {
        break;
      }
      shown[widest]--;
    }
    shown[last] =
        Math.min(widths[last], Math.max(shown[last], shown[last] + columns - total(shown)));
    return shown;
  }

  private int total(int[] shown) {
    int total = indent + GAP * (shown.length - 1);
    for (int width : shown) {
      total += width;
    }
    return total;
  }

  private void print(StyledPrinter screen, List<Cell> cells, int[] shown) {
    int last = cells.size() - 1;
    while (last > 0 && cells.get(last).text().isEmpty()) {
      last--;
    }
    screen.space(indent);
    int margin = indent;
    List<String> more = List.of();
    for (int i = 0; i <= last; i++) {
      Cell cell = cells.get(i);
      String text = cell.text();
      if (i == shown.length - 1) {
        more = lines(text, width(text) > shown[i] ? shown[i] : 0);
        text = more.getFirst();
      } else {
        text = cut(text, shown[i]);
      }
      int padding = Math.max(0, shown[i] - width(text));
      screen.space(right[i] ? padding : 0).add(cell.style(), text);
      if (i < last) {
        screen.space((right[i] ? 0 : padding) + GAP);
        margin += shown[i] + GAP;
      }
    }
    screen.end();
    for (int i = 1; i < more.size(); i++) {
      screen.space(margin).add(cells.get(last).style(), more.get(i)).end();
    }
  }

  /// Wraps the text to this many columns, between words if possible. Returns one line if the limit
  /// is 0 or too narrow to read.
  private static List<String> lines(String text, int columns) {
    if (columns < NARROWEST) {
      return List.of(text);
    }
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (width(rest) > columns) {
      int end = fitting(rest, columns);
      int space = rest.lastIndexOf(' ', end);
      if (space > 0) {
        lines.add(rest.substring(0, space));
        rest = rest.substring(space + 1);
      } else {
        lines.add(rest.substring(0, end));
        rest = rest.substring(end);
      }
    }
    lines.add(rest);
    return lines;
  }

  private static String cut(String text, int columns) {
    return width(text) <= columns ? text : text.substring(0, fitting(text, columns - 1)) + "…";
  }

  /// Returns how many characters of the text fit in this many columns, at least one.
  private static int fitting(String text, int columns) {
    int at = 0;
    int width = 0;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      width += width(point);
      if (width > columns && at > 0) {
        return at;
      }
      at += Character.charCount(point);
    }
    return at;
  }

  /// Returns how many columns of a terminal the text takes.
  static int width(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      width += width(point);
    }
    return width;
  }

  private static int width(int point) {
    if (point < 0x300) {
      return 1;
    }
    if (Character.getType(point) == Character.NON_SPACING_MARK) {
      return 0;
    }
    return isWide(point) ? 2 : 1;
  }

  /// The blocks of Chinese, Japanese and Korean characters, and of pictographs.
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
