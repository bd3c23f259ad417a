package dev.sexton.cli.output;

/// The exit codes of the command. Those of SIGINT and SIGTERM, 130 and 143, are set by the JVM.
public final class ExitCode {
  /// Done, nothing left.
  public static final int DONE = 0;

  /// Done as far as possible, something is left.
  public static final int LEFT = 1;

  /// Wrong usage.
  public static final int USAGE = 2;

  /// Cannot work here at all.
  public static final int CANNOT = 3;

  private ExitCode() {}
}
