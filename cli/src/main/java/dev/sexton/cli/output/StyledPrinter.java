package dev.sexton.cli.output;

import java.io.PrintStream;

/// Prints lines for a person. All text that a person is shown passes through this class, which
/// makes it harmless. Color is added afterwards, and only for a terminal.
public final class StyledPrinter {
  /// The style of a piece of text on a terminal.
  public enum Style {
    /// The terminal's default.
    PLAIN(""),
    /// For headings.
    HEADING("\u001b[1m"),
    /// For explanations.
    FAINT("\u001b[2m"),
    /// For what is as it should be.
    GOOD("\u001b[32m"),
    /// For what needs a look.
    WARNING("\u001b[33m"),
    /// For what is wrong.
    BAD("\u001b[31m");

    private static final String END = "\u001b[0m";

    private final String begin;

    Style(String begin) {
      this.begin = begin;
    }
  }

  private final PrintStream stream;
  private final boolean colour;
  private final int columns;
  private final StringBuilder line = new StringBuilder(160);

  /// Creates a printer for a file or a pipe, or for text on a terminal that is not a table.
  public StyledPrinter(PrintStream stream, boolean colour) {
    this(stream, colour, 0);
  }

  /// Creates a printer for a terminal with this many columns; 0 for a file or a pipe.
  public StyledPrinter(PrintStream stream, boolean colour, int columns) {
    this.stream = stream;
    this.colour = colour;
    this.columns = columns;
  }

  /// Returns how many columns a line may have; 0 if there is no limit.
  int columns() {
    return columns;
  }

  /// Appends text to the line.
  public StyledPrinter add(String text) {
    line.append(TerminalText.text(text));
    return this;
  }

  /// Appends styled text to the line.
  public StyledPrinter add(Style style, String text) {
    if (!colour || style == Style.PLAIN || text.isEmpty()) {
      return add(text);
    }
    line.append(style.begin).append(TerminalText.text(text)).append(Style.END);
    return this;
  }

  /// Appends spaces to the line.
  public StyledPrinter space(int count) {
    for (int i = 0; i < count; i++) {
      line.append(' ');
    }
    return this;
  }

  /// Ends the line.
  public void end() {
    line.append('\n');
    stream.print(line);
    line.setLength(0);
  }

  /// Prints a whole line.
  public void line(String text) {
    add(text).end();
  }

  /// Prints a whole styled line.
  public void line(Style style, String text) {
    add(style, text).end();
  }
}
