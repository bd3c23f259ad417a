package dev.sexton.internal.process;

/// The signals that a sweep sends. The numbers are those of `signal(7)` on Linux.
public enum Signal {
  /// Asks a process to end.
  TERM(15),
  /// Ends a process.
  KILL(9),
  /// Resumes a stopped process, so that it can handle the request to end.
  CONT(18),
  /// Stops a process, so that it cannot fork while its tree is being killed.
  STOP(19);

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
