package dev.sexton.internal.process;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The reading half of the port to the machine's processes. Whatever holds only a reader can signal
/// nothing. An implementation reports what it cannot know and never guesses. Implementations are
/// safe for use by several threads.
public interface ProcessReader extends ProcessClock {
  /// Whether a process runs a Python interpreter, as the original's servers do.
  enum Interpreter {
    /// It does.
    PYTHON,
    /// It provably runs something else.
    OTHER,
    /// Access is not permitted.
    HIDDEN
  }

  /// Returns the machine on which this table's process IDs are valid.
  Machine machine();

  /// Returns when start times were zero, by the wall clock as it is set now: the boot, if they
  /// count from it.
  default Instant origin() {
    return startedAt(new StartTime(0, machine().unit()));
  }

  /// Returns whether this table sees the machine's own PID namespace, not one inside a container.
  boolean seesWholeMachine();

  /// Returns why this table's process IDs are not valid here, with the remedy, or null if they are.
  /// If they are not, no process is found and none is signalled.
  @Nullable String defect();

  /// Returns all visible processes, from one pass.
  ProcessSnapshot snapshot();

  /// Looks up one process ID.
  ProcessLookup find(long pid);

  /// Returns whether exactly this process still exists and is not a zombie. Also true if that
  /// cannot be seen, because a hidden process is not necessarily gone.
  default boolean isRunning(ProcessInfo process) {
    return switch (find(process.pid())) {
      case ProcessLookup.Absent absent -> false;
      case ProcessLookup.Hidden hidden -> true;
      case ProcessLookup.Present present ->
          present.process().sameAs(process) && present.process().isAlive();
    };
  }

  /// Returns the user of a process, or null if the process is gone or hidden.
  @Nullable User user(ProcessInfo process);

  /// Returns the marker of a process, or [InstanceMarker#NONE] if the process is gone or hidden.
  InstanceMarker mark(ProcessInfo process);

  /// Returns whether a process had no marker when last read and still runs the same program.
  /// Sufficient for a search for markers. Only [#mark] can decide whether a process may be stopped.
  default boolean isKnownUnmarked(ProcessInfo process) {
    return false;
  }

  /// Returns whether users are reported by name only, not by ID.
  default boolean tellsUserNames() {
    return false;
  }

  /// Returns whether a process runs Python.
  Interpreter interpreter(long pid);

  /// Returns what a process runs, or [ProgramInfo#UNREADABLE] if it is gone or entirely unreadable.
  default ProgramInfo program(long pid) {
    return ProgramInfo.UNREADABLE;
  }

  /// Returns the systemd unit of a process, such as `cron.service` or `session-2.scope`. Empty if
  /// it runs in none, null if that cannot be determined.
  default @Nullable String systemdUnit(long pid) {
    return null;
  }

  /// Returns the members of the control groups that instances on this machine may have.
  default ControlGroupReader controlGroups() {
    return ControlGroups.NONE;
  }

  /// The longest reported command line, in characters. It is enough to recognize a process.
  int MAX_COMMAND = 400;

  /// Returns the command line with arguments separated by spaces, truncated to [#MAX_COMMAND].
  /// Empty if it cannot be read.
  String command(long pid);

  /// Returns the resident memory in bytes, or 0 if it cannot be read.
  long residentBytes(long pid);

  /// Returns the process ID of this process.
  long self();

  /// Returns this process and its ancestors, which a sweep never signals.
  Set<Long> protectedPids();

  /// Returns whether a PID namespace provably has no process left from a given time: no process
  /// that started by then is in it. A later namespace may have received the same ID.
  ///
  /// @param by a start time of this table
  boolean namespaceIsEmpty(String pidNamespace, StartTime by);

  /// Returns whether a living process in a nested PID namespace has this ID there, and this start
  /// time.
  boolean seesNested(ProcessIdentity process);
}
