package dev.sexton.internal.sweep;

import dev.sexton.internal.liveness.Witness;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// Compares the start times of processes with the times in one instance's record: in the unit of
/// start times where the record has them for this machine, otherwise by the wall clock.
final class StartTimes {
  /// Start times by the wall clock are exact to the 10 ms that a clock tick takes.
  private static final long TICK_MILLIS = 10;

  private final Observed instance;
  private final ProcessTable table;

  StartTimes(Observed instance, ProcessTable table) {
    this.instance = instance;
    this.table = table;
  }

  /// The machine on which the owner's identity means something; null if only a process ID is known.
  @Nullable Machine ownersMachine() {
    ProcessIdentity owner = instance.record().owner();
    return owner == null ? null : owner.machine();
  }

  private boolean isComparable() {
    return table.machine().equals(ownersMachine());
  }

  /// Whether a process started before the instance did, and so is none of its own.
  boolean isOlderThanInstance(ProcessInfo process) {
    long units = instance.record().startedUnits();
    if (units >= 0 && isComparable()) {
      return process.start() < units;
    }
    // Last, because reading the time zone takes a fresh JVM longer than listing all processes.
    Instant started = instance.record().startInstant(ZoneId.systemDefault());
    return started != null
        && table.startedAt(process.start()).plusMillis(TICK_MILLIS).isBefore(started);
  }

  /// Whether a process may have been started by the owner, by the time at which it started: not
  /// before the owner itself.
  boolean isYoungerThanOwner(ProcessInfo process) {
    ProcessIdentity owner = instance.record().owner();
    return (owner != null && isComparable())
        ? process.start() >= owner.start()
        : !isOlderThanInstance(process);
  }

  /// Whether a process clearly started after the owner last wrote the record.
  boolean startedAfterRecord(ProcessInfo process) {
    return Witness.isLater(table.startedAt(process.start()), instance.ownerWrote());
  }

  /// Whether a process started before the owner last wrote the record.
  boolean startedBeforeLastWrite(ProcessInfo process) {
    long units = instance.record().writtenUnits();
    if (units >= 0 && isComparable()) {
      return process.start() <= units;
    }
    return !table.startedAt(process.start()).isAfter(instance.ownerWrote());
  }
}
