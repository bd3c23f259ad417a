package dev.sexton.internal.process;

/// The port to the machine's processes. Implementations are safe for use by several threads.
public interface ProcessTable extends ProcessReader {
  /// Returns the control groups that instances on this machine may have.
  @Override
  default ControlGroups controlGroups() {
    return ControlGroups.NONE;
  }

  /// Sends a signal to exactly this process. Its identity is checked immediately before, and
  /// nothing is sent if the ID belongs to another process.
  SignalResult signal(ProcessInfo target, Signal signal);
}
