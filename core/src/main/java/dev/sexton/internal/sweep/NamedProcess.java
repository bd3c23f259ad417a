package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;

/// A process as the journal names it, so that a person can tell it from a later one with its PID.
///
/// @param pid the process ID
/// @param start when it started, in the unit of the process table
/// @param command its command line, cut off at [ProcessTable#MAX_COMMAND]; empty if not known
record NamedProcess(long pid, long start, String command) {
  /// Reads the command line of a process now: after its end there is none.
  static NamedProcess of(ProcessTable table, ProcessInfo process) {
    return new NamedProcess(process.pid(), process.start(), table.command(process.pid()));
  }
}
