package dev.sexton.internal.process;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The port to the machine's processes. What an implementation cannot know it says so; it never
 * guesses. Implementations are safe for use by several threads.
 */
public interface ProcessTable {
  /** Whether a process runs a Python interpreter, as the original's servers do. */
  enum Interpreter {
    /** It does. */
    PYTHON,
    /** It provably runs something else. */
    OTHER,
    /** Not allowed to see. */
    HIDDEN
  }

  /** Where the process IDs of this table mean something. */
  Machine machine();

  /** Whether this table sees the machine's own PID namespace, not one inside a container. */
  boolean seesWholeMachine();

  /// Returns why the process IDs of this table mean nothing here, with the remedy; null if they do.
  /// Where they do not, no process is found and none is signalled.
  @Nullable String defect();

  /// Returns the time now, in the unit of start times.
  ///
  /// @throws IllegalStateException if the clock of start times cannot be read
  long now();

  /** When a process with this start time started, by the wall clock as it is set now. */
  Instant startedAt(long start);

  /**
   * The start time of a process that started then, by the wall clock as it is set now.
   *
   * @param started since 1970, and not in the future
   */
  long startOf(Instant started);

  /** The wall clock as it is set now, to the precision of start times. */
  default Instant wallClock() {
    return startedAt(now());
  }

  /** All processes that can be seen, in one pass. */
  ProcessSnapshot snapshot();

  /** Looks for one process ID. */
  ProcessLookup find(long pid);

  /**
   * Whether this very process is still there and no zombie; also if that may not be seen: what is
   * not seen is not gone.
   */
  default boolean isRunning(ProcessInfo process) {
    return switch (find(process.pid())) {
      case ProcessLookup.Absent absent -> false;
      case ProcessLookup.Hidden hidden -> true;
      case ProcessLookup.Present present ->
          present.process().sameAs(process) && present.process().isAlive();
    };
  }

  /** Who runs a process; null if it is gone or hidden. */
  @Nullable User user(ProcessInfo process);

  /** The mark of a process; {@link InstanceMarker#NONE} if it is gone or hidden. */
  InstanceMarker mark(ProcessInfo process);

  /**
   * Whether a process had no mark when that was read last, and is the same program since. Good
   * enough to look for marks elsewhere; whether a process may be stopped is for {@link #mark}.
   */
  default boolean isKnownUnmarked(ProcessInfo process) {
    return false;
  }

  /** Whether it tells users by their names only, and not by numbers. */
  default boolean tellsUserNames() {
    return false;
  }

  /** Whether a process runs Python. */
  Interpreter interpreter(long pid);

  /// What a process runs; [ProgramInfo#UNREADABLE] if it is gone or nothing of it may be read.
  default ProgramInfo program(long pid) {
    return ProgramInfo.UNREADABLE;
  }

  /// The systemd unit that a process runs in, such as `cron.service` or `session-2.scope`; empty if
  /// it runs in none, null if that cannot be told.
  default @Nullable String systemdUnit(long pid) {
    return null;
  }

  /** The control groups that instances of this machine may have. */
  default ControlGroups controlGroups() {
    return ControlGroups.NONE;
  }

  /** Longest command line that is told, in characters: enough to recognize it by. */
  int MAX_COMMAND = 400;

  /**
   * Command line, arguments separated by spaces, cut off at {@link #MAX_COMMAND}; empty if it
   * cannot be read.
   */
  String command(long pid);

  /** Resident memory in bytes; 0 if it cannot be read. */
  long residentBytes(long pid);

  /** The process ID of this very process. */
  long self();

  /** This process and its ancestors, which a sweep never signals. */
  Set<Long> protectedPids();

  /// Whether a PID namespace provably has no process left that was in it at some time: no process
  /// that started by then is in it. A later namespace may have got the same number.
  ///
  /// @param by a start time, in the unit of this table
  boolean namespaceIsEmpty(String pidNamespace, long by);

  /// Whether a living process in a PID namespace below ours has this ID there, and this start time.
  boolean seesNested(ProcessIdentity process);

  /**
   * Sends a signal to exactly this process: its identity is checked immediately before, and nothing
   * is sent if the ID belongs to another one.
   */
  SignalResult signal(ProcessInfo target, Signal signal);
}
