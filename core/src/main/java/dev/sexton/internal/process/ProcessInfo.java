package dev.sexton.internal.process;

/**
 * One line of the process table. Immutable.
 *
 * @param pid process ID
 * @param parent process ID of the parent; 0 if it has none or it is not known
 * @param session process ID of the session's leader; 0 if not known
 * @param start when it started, in the unit of the {@link Machine}
 * @param state what it is doing
 * @param kernel whether it is a thread of the kernel, which nobody's server made
 * @param image tells the program that a process runs from the one that it becomes by exec; 0 if it
 *     is not known
 */
public record ProcessInfo(
    long pid, long parent, long session, long start, State state, boolean kernel, long image) {
  /** Without an image. */
  public ProcessInfo(long pid, long parent, long session, long start, State state, boolean kernel) {
    this(pid, parent, session, start, state, kernel, 0);
  }

  /** A process of which only what tells it from all others is known; it is taken to run. */
  public static ProcessInfo identified(long pid, long start) {
    return new ProcessInfo(pid, 0, 0, start, State.RUNNING, false);
  }

  /** What a process is doing, as far as it matters here. */
  public enum State {
    /** It runs, or sleeps. */
    RUNNING,
    /** It is stopped by a signal and acts on no other but SIGKILL and SIGCONT. */
    STOPPED,
    /** It has ended; only its parent's look at its exit code is missing. */
    ZOMBIE
  }

  /// The same process with its start time by another clock, which is `ticks` behind.
  ProcessInfo startedEarlier(long ticks) {
    return ticks == 0
        ? this
        : new ProcessInfo(pid, parent, session, start - ticks, state, kernel, image);
  }

  /** Whether it still does, or can do, anything. */
  public boolean isAlive() {
    return state != State.ZOMBIE;
  }

  /** Whether both are the same process. */
  public boolean sameAs(ProcessInfo other) {
    return pid == other.pid && start == other.start;
  }
}
