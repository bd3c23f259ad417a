package dev.sexton.internal.process;

/// One entry of the process table. Immutable.
///
/// @param pid process ID
/// @param start start time
/// @param ancestry which processes it descends from
/// @param state what the process is doing
/// @param image what it runs
public record ProcessInfo(long pid, StartTime start, Ancestry ancestry, State state, Image image) {
  /// The processes that a process descends from.
  ///
  /// @param parent process ID of the parent, or 0 if it has none or it is not known
  /// @param session process ID of the session leader, or 0 if not known
  public record Ancestry(long parent, long session) {
    /// Nothing is known.
    public static final Ancestry UNKNOWN = new Ancestry(0, 0);
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

  /// What a process runs.
  ///
  /// @param kernel whether it is a kernel thread, which no server started
  /// @param number distinguishes its program from the one after an exec, or 0 if not known
  public record Image(boolean kernel, long number) {
    /// A program of which nothing is known.
    public static final Image UNKNOWN = new Image(false, 0);

    /// A kernel thread.
    public static final Image KERNEL = new Image(true, 0);

    /// Returns whether an exec would change it.
    public boolean isKnown() {
      return number != 0;
    }
  }

  /// Returns an entry of which only the identity is known. The process is assumed to be running.
  public static ProcessInfo identified(long pid, StartTime start) {
    return new ProcessInfo(pid, start, Ancestry.UNKNOWN, State.RUNNING, Image.UNKNOWN);
  }

  /// Returns the same process with its start time on another clock, which is `ticks` behind.
  ProcessInfo startedEarlier(long ticks) {
    return ticks == 0 ? this : new ProcessInfo(pid, start.plus(-ticks), ancestry, state, image);
  }

  /// Returns the process ID of the parent, or 0 if it has none or it is not known.
  public long parent() {
    return ancestry.parent();
  }

  /// Returns the process ID of the session leader, or 0 if not known.
  public long session() {
    return ancestry.session();
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
