package dev.sexton.cli;

import java.io.PrintStream;

/**
 * Lines for a person. Everything that a person is shown passes through here and is made harmless
 * here; colour is added afterwards, and only for a terminal.
 */
final class StyledPrinter {
  /** How a piece of text looks on a terminal. */
  enum Style {
    /** As the terminal shows text. */
    PLAIN(""),
    /** Of headings. */
    HEADING("\u001b[1m"),
    /** Of what explains. */
    FAINT("\u001b[2m"),
    /** Of what is as it should be. */
    GOOD("\u001b[32m"),
    /** Of what needs a look. */
    WARNING("\u001b[33m"),
    /** Of what is wrong. */
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

  /// Lines for a file or a pipe, or on a terminal for what is no table.
  StyledPrinter(PrintStream stream, boolean colour) {
    this(stream, colour, 0);
  }

  /// Lines on a terminal with so many columns; 0 for a file or a pipe.
  StyledPrinter(PrintStream stream, boolean colour, int columns) {
    this.stream = stream;
    this.colour = colour;
    this.columns = columns;
  }

  /// Returns how many columns a line may have; 0 if there is no limit.
  int columns() {
    return columns;
  }

  /** Adds to the line. */
  StyledPrinter add(String text) {
    line.append(TerminalText.text(text));
    return this;
  }

  /** Adds to the line in a style. */
  StyledPrinter add(Style style, String text) {
    if (!colour || style == Style.PLAIN || text.isEmpty()) {
      return add(text);
    }
    line.append(style.begin).append(TerminalText.text(text)).append(Style.END);
    return this;
  }

  /** Adds spaces to the line. */
  StyledPrinter space(int count) {
    for (int i = 0; i < count; i++) {
      line.append(' ');
    }
    return this;
  }

  /** Ends the line. */
  void end() {
    line.append('\n');
    stream.print(line);
    line.setLength(0);
  }

  /** A whole line. */
  void line(String text) {
    add(text).end();
  }

  /** A whole line in a style. */
  void line(Style style, String text) {
    add(style, text).end();
  }
}
