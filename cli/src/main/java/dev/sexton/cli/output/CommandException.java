package dev.sexton.cli.output;

import org.jspecify.annotations.Nullable;

/// Ends a command with one line on stderr: what went wrong, and what to do.
public final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final String remedy;

  private CommandException(int exitCode, String problem, String remedy, @Nullable Throwable cause) {
    super(problem, cause);
    this.exitCode = exitCode;
    this.remedy = remedy;
  }

  /// Returns an exception for wrong usage.
  public static CommandException usage(String problem, String remedy) {
    return new CommandException(ExitCode.USAGE, problem, remedy, null);
  }

  /// Returns an exception for a command that cannot work here at all.
  public static CommandException cannot(String problem, String remedy, @Nullable Throwable cause) {
    return new CommandException(ExitCode.CANNOT, problem, remedy, cause);
  }

  public int exitCode() {
    return exitCode;
  }

  public String problem() {
    return String.valueOf(getMessage());
  }

  public String remedy() {
    return remedy;
  }
}
