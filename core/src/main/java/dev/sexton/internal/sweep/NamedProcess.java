package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.StartTime;

/// A process as the journal names it. A person can distinguish it from a later one with the same
/// PID.
///
/// @param pid the PID
/// @param start its start time
/// @param command its command line, truncated at [ProcessReader#MAX_COMMAND]; empty if unknown
record NamedProcess(long pid, StartTime start, String command) {
  /// Reads a process's command line now, because there is none after its end.
  static NamedProcess of(ProcessReader table, ProcessInfo process) {
    return new NamedProcess(process.pid(), process.start(), table.command(process.pid()));
  }
}
