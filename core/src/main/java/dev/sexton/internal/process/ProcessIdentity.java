package dev.sexton.internal.process;

/// A process's identity. No later process can have the same one.
///
/// @param machine where the process runs
/// @param pid its process ID there
/// @param start its start time there
public record ProcessIdentity(Machine machine, long pid, StartTime start) {
  /// Creates an identity.
  ///
  /// @param start its start time, in the unit of the machine
  public ProcessIdentity(Machine machine, long pid, long start) {
    this(machine, pid, new StartTime(start, machine.unit()));
  }
}
