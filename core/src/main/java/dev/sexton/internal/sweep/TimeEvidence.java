package dev.sexton.internal.sweep;

import dev.sexton.internal.liveness.EvidenceCollector;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.record.InstanceRecord;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compares start times of processes with the times in an instance's record. Uses the clock of
/// start times if the record has such times and they are of this boot. Otherwise uses the wall
/// clock. Times that contradict each other prove nothing. The process is then spared, and the
/// record is kept.
final class TimeEvidence {
  /// Wall-clock start times are accurate to the 10 ms of a clock tick.
  private static final long TICK_MILLIS = 10;

  /// Replaces a time from a wrong clock in a tombstone. It is never reached.
  private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

  private final ObservedInstance instance;
  private final ProcessReader table;
  private final Machine here;
  private final boolean sharesClock;

  TimeEvidence(ObservedInstance instance, ProcessView view) {
    this.instance = instance;
    this.table = view.table();
    this.here = view.here();
    ProcessIdentity owner = instance.record().owner();
    this.sharesClock = owner != null && owner.machine().sharesClock(here);
  }

  /// Returns the time of the owner's last write as a tombstone stores it. A clock that was set back
  /// catches up, and would eventually make a wrong time look right.
  static Instant written(ObservedInstance instance, ProcessReader table) {
    Instant written = instance.ownerWrote();
    return EvidenceCollector.isLater(written, table.wallClock()) ? NEVER : written;
  }

  /// Returns the start of the oldest of these instances. Any process that started before it is
  /// older than all of them, and so belongs to none.
  ///
  /// @param byWallClock whether to use the wall clock if a record has no better time
  static StartTime oldestStart(
      List<ObservedInstance> instances, ProcessReader table, boolean byWallClock) {
    StartTime oldest = StartTime.latest(table.machine().unit());
    for (ObservedInstance instance : instances) {
      StartTime start = startOf(instance, table, byWallClock);
      oldest = start.isBefore(oldest) ? start : oldest;
    }
    return oldest;
  }

  private static StartTime startOf(
      ObservedInstance instance, ProcessReader table, boolean byWallClock) {
    InstanceRecord record = instance.record();
    ProcessIdentity owner = record.owner();
    if (owner != null
        && owner.machine().sharesClock(table.machine())
        && record.started().isKnown()) {
      return record.started();
    }
    Instant started = byWallClock ? record.startInstant(ZoneId.systemDefault()) : null;
    if (started == null || started.isBefore(Instant.EPOCH) || started.isAfter(table.wallClock())) {
      return StartTime.earliest(table.machine().unit());
    }
    return table.startOf(started.minus(EvidenceCollector.CLEARLY_LATER));
  }

  /// Returns why the process must not be judged by its start time; null if it can be.
  ///
  /// @param bare whether the record names only its PID
  @Nullable String contradiction(ProcessInfo process, boolean bare) {
    InstanceRecord record = instance.record();
    if (hasStarted()) {
      String wrong = contradictionOfUnits(record);
      if (wrong != null || !bare) {
        return wrong;
      }
    }
    if (EvidenceCollector.isLater(instance.ownerWrote(), table.wallClock())) {
      return "the record is from the future: a clock was set";
    }
    if (hasStarted()) {
      return null;
    }
    Instant started = record.startInstant(ZoneId.systemDefault());
    if (started != null && EvidenceCollector.isLater(started, instance.ownerWrote())) {
      return "the record says that the instance started after it was written: a clock was set, or"
          + " it was written in another time zone";
    }
    return isOlderByWallClock(process) && !process.image().kernel()
        ? "the process is older than the instance, so its PID was not reused: a clock was set, or"
            + " the record was written in another time zone or in a container"
        : null;
  }

  private @Nullable String contradictionOfUnits(InstanceRecord record) {
    StartTime started = record.started();
    StartTime written = record.written();
    StartTime now = table.now();
    ProcessIdentity owner = record.owner();
    boolean early = owner != null && owner.start().isClearlyAfter(started);
    return early
            || started.isClearlyAfter(now)
            || written.isClearlyAfter(now)
            || (written.isKnown() && written.isBefore(started))
        ? "the times in the record contradict each other: it was written where /proc/uptime is not"
            + " the machine's"
        : null;
  }

  /// Returns the machine on which the owner's identity is meaningful; null if the record has only
  /// its PID.
  @Nullable Machine ownersMachine() {
    ProcessIdentity owner = instance.record().owner();
    return owner == null ? null : owner.machine();
  }

  /// Returns whether no readable data rules out that the owner ran in this PID namespace.
  boolean mayShareNamespace() {
    Machine owners = ownersMachine();
    return owners != null
        && (owners.pidNamespace().isEmpty()
            || here.pidNamespace().isEmpty()
            || owners.pidNamespace().equals(here.pidNamespace()));
  }

  /// Returns whether the owner ran on this machine, in this PID namespace.
  boolean sharesMachine() {
    Machine owners = ownersMachine();
    return owners != null && owners.isComparableTo(here);
  }

  /// Returns whether the owner may have started a process, by its start time: not before that of
  /// the owner itself.
  boolean isYoungerThanOwner(ProcessInfo process) {
    ProcessIdentity owner = instance.record().owner();
    return (owner != null && sharesClock)
        ? !process.start().isBefore(owner.start())
        : !isOlderThanInstance(process);
  }

  /// Returns whether [#isYoungerThanOwner] compares times of the wall clock, which may have been
  /// set since the record was written.
  boolean dependsOnWallClock() {
    return !sharesClock;
  }

  private boolean hasStarted() {
    return sharesClock && instance.record().started().isKnown();
  }

  boolean isOlderThanInstance(ProcessInfo process) {
    return hasStarted()
        ? process.start().isBefore(instance.record().started())
        : isOlderByWallClock(process);
  }

  private boolean isOlderByWallClock(ProcessInfo process) {
    // Reading the time zone takes a fresh JVM longer than scanning all processes.
    Instant started = instance.record().startInstant(ZoneId.systemDefault());
    return started != null
        && table.startedAt(process.start()).plusMillis(TICK_MILLIS).isBefore(started);
  }

  boolean startedAfterRecord(ProcessInfo process) {
    return EvidenceCollector.isLater(table.startedAt(process.start()), instance.ownerWrote());
  }

  boolean startedBeforeLastWrite(ProcessInfo process) {
    StartTime written = instance.record().written();
    if (written.isKnown() && sharesClock) {
      return !process.start().isAfter(written);
    }
    return !table.startedAt(process.start()).isAfter(instance.ownerWrote());
  }
}
