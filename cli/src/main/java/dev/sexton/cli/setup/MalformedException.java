package dev.sexton.cli.setup;

/// Thrown when a configuration file is not in its format. The message says what is wrong and where.
final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Creates an exception for a place in a text.
  static MalformedException at(String text, int position, String problem) {
    String before = text.substring(0, Math.min(position, text.length()));
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    int column = before.length() - before.lastIndexOf('\n');
    return new MalformedException(problem + " in line " + line + ", column " + column);
  }

  private MalformedException(String message) {
    super(message);
  }
}
