package dev.sexton.internal.process;

/// The result of looking up one process ID.
public sealed interface ProcessLookup {
  /// There is a process with that ID. It may be a zombie.
  record Present(ProcessInfo process) implements ProcessLookup {}

  /// There is provably no such process.
  record Absent() implements ProcessLookup {}

  /// It cannot be seen from here whether there is such a process.
  ///
  /// @param reason the reason
  record Hidden(String reason) implements ProcessLookup {}

  /// Returns whether the process is alive, or may be: missing permission is no proof of death.
  default boolean mayBeAlive() {
    return switch (this) {
      case Present present -> present.process().isAlive();
      case Hidden hidden -> true;
      case Absent absent -> false;
    };
  }
}
