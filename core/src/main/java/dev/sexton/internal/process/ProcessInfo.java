package dev.sexton.internal.process;

/// One entry of the process table. Immutable.
///
/// @param pid process ID
/// @param parent process ID of the parent, or 0 if it has none or it is not known
/// @param session process ID of the session leader, or 0 if not known
/// @param start start time
/// @param state what the process is doing
/// @param kernel whether it is a kernel thread, which no server started
/// @param image distinguishes the program that a process runs from the one after an exec, or 0 if
///   not known
public record ProcessInfo(
    long pid, long parent, long session, StartTime start, State state, boolean kernel, long image) {
  /// Creates an entry without an image.
  public ProcessInfo(
      long pid, long parent, long session, StartTime start, State state, boolean kernel) {
    this(pid, parent, session, start, state, kernel, 0);
  }

  /// Returns an entry of which only the identity is known. The process is assumed to be running.
  public static ProcessInfo identified(long pid, StartTime start) {
    return new ProcessInfo(pid, 0, 0, start, State.RUNNING, false);
  }

  /// What a process is doing, as far as it matters here.
  public enum State {
    /// It is running or sleeping.
    RUNNING,
    /// It is stopped by a signal and reacts only to SIGKILL and SIGCONT.
    STOPPED,
    /// It has ended, but its parent has not yet read its exit code.
    ZOMBIE
  }

  /// Returns the same process with its start time on another clock, which is `ticks` behind.
  ProcessInfo startedEarlier(long ticks) {
    return ticks == 0
        ? this
        : new ProcessInfo(pid, parent, session, start.plus(-ticks), state, kernel, image);
  }

  /// Returns whether the process is doing, or can do, anything.
  public boolean isAlive() {
    return state != State.ZOMBIE;
  }

  /// Returns whether both are the same process.
  public boolean sameAs(ProcessInfo other) {
    return pid == other.pid && start.equals(other.start);
  }
}
