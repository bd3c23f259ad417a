package dev.sexton.internal.process;

/** What a look for one process ID found. */
public sealed interface ProcessLookup {
  /** There is a process with that ID; it may be a zombie. */
  record Present(ProcessInfo process) implements ProcessLookup {}

  /** There is provably none. */
  record Absent() implements ProcessLookup {}

  /**
   * Whether there is one cannot be seen from here.
   *
   * @param reason why
   */
  record Hidden(String reason) implements ProcessLookup {}
}
