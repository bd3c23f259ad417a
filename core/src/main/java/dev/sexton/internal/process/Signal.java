package dev.sexton.internal.process;

/** The signals that a sweep sends. Numbers are those of {@code signal(7)} on Linux. */
public enum Signal {
  /** Asks a process to end. */
  TERM(15),
  /** Ends a process. */
  KILL(9),
  /** Lets a stopped process go on, so that it can act on what it was asked. */
  CONT(18),
  /** Holds a process, so that it cannot fork while its tree is being forced. */
  STOP(19);

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
