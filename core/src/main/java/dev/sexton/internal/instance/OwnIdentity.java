package dev.sexton.internal.instance;

import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.OwnerSurroundings;
import dev.sexton.internal.state.StateDirectory;
import org.jspecify.annotations.Nullable;

/// What every record of this process has in common. Looked up once, for a server that registers
/// often.
///
/// @param identity the identity of this process; null if it cannot be determined
/// @param command its command line
record OwnIdentity(
    ProcessTable processes,
    long pid,
    @Nullable ProcessIdentity identity,
    String command,
    OwnerSurroundings surroundings) {
  private static volatile @Nullable OwnIdentity known;

  /// Returns the identity of this process.
  static OwnIdentity of(ProcessTable processes) {
    OwnIdentity last = known;
    long pid = processes.self();
    if (last != null && last.processes().equals(processes) && last.pid() == pid) {
      return last;
    }
    ProcessIdentity identity = null;
    OwnerSurroundings surroundings = OwnerSurroundings.UNKNOWN;
    if (processes.find(pid) instanceof ProcessLookup.Present present) {
      identity = new ProcessIdentity(processes.machine(), pid, present.process().start());
      InstanceMarker mark = processes.mark(present.process());
      surroundings =
          new OwnerSurroundings(
              processes.systemdUnit(pid),
              mark.instance() == null ? "" : mark.instance(),
              mark.keep(),
              null);
    }
    OwnIdentity found =
        new OwnIdentity(processes, pid, identity, processes.command(pid), surroundings);
    known = found;
    return found;
  }

  /// Returns the record of an instance of this process before it tracks anything.
  InstanceRecord record(
      StateDirectory directory, InstanceDescription description, boolean holdsLock) {
    return InstanceRecord.builder(description.instanceId(), pid, processes.wallClock().toString())
        .application(directory.application())
        .name(description.name())
        .command(command)
        .owner(identity, holdsLock)
        .started(identity == null ? StartTime.UNKNOWN : now(processes))
        .containers(ContainerUse.UNUSED)
        .surroundings(surroundings)
        .keep(description.keep())
        .build();
  }

  /// Returns the current time of the clock of start times; unknown if it cannot be read.
  private static StartTime now(ProcessTable processes) {
    try {
      return processes.now();
    } catch (IllegalStateException unreadable) {
      return StartTime.UNKNOWN;
    }
  }
}
