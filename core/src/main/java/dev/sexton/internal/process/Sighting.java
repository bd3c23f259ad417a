package dev.sexton.internal.process;

/** What a look for one process ID found. */
public sealed interface Sighting {
  /** There is a process with that ID; it may be a zombie. */
  record Present(ProcessInfo process) implements Sighting {}

  /** There is provably none. */
  record Absent() implements Sighting {}

  /**
   * Whether there is one cannot be seen from here.
   *
   * @param reason why
   */
  record Hidden(String reason) implements Sighting {}
}
