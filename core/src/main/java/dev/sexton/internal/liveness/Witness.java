package dev.sexton.internal.liveness;

import dev.sexton.internal.liveness.Evidence.OwnerProcess;
import dev.sexton.internal.lock.InstanceLocks;
import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.ProcessTable.Interpreter;
import dev.sexton.internal.process.Sighting;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the evidence about owners; reads only. Remembers what it saw of a process for as long as
 * it lives itself, which is one look at the instances: for use by one thread.
 */
public final class Witness {
  /**
   * How much later than a wall-clock time a process has to have started to be clearly later. The
   * kernel's times are exact to 10 ms; the rest is for clocks that are nudged, not set.
   */
  public static final Duration CLEARLY_LATER = Duration.ofSeconds(2);

  /** How much earlier it has to have started to be clearly earlier: a server may register late. */
  private static final Duration CLEARLY_EARLIER = Duration.ofMinutes(1);

  private final ProcessTable processes;
  private final InstanceLocks locks;
  private final Map<Long, Sighting> sightings = new HashMap<>();
  private final Map<Long, Interpreter> interpreters = new HashMap<>();
  private final Map<Long, Instant> startTimes = new HashMap<>();

  /** Over these ports. */
  public Witness(ProcessTable processes, InstanceLocks locks) {
    this.processes = processes;
    this.locks = locks;
  }

  /**
   * The evidence about one owner.
   *
   * @param record what the instance recorded
   * @param modified when the record was last written, by its file
   * @param lockFile the instance's lock file; null if the directory listed none
   * @param shared whether the record lies on a file system that other machines see
   */
  public Evidence about(
      InstanceRecord record, Instant modified, @Nullable Path lockFile, boolean shared) {
    OwnerByte lock = lockFile == null ? OwnerByte.MISSING : locks.owner(lockFile);
    if (record.schema() > InstanceRecord.SCHEMA) {
      return new Evidence.Newer(record.schema(), lock);
    }
    ProcessIdentity owner = record.owner();
    return owner == null
        ? pidOnly(record, modified, lock, shared)
        : identified(owner, record.ownerHoldsLock(), lock, shared);
  }

  /** The evidence about an owner of which only a label on a container tells. */
  public Evidence about(ProcessIdentity owner, OwnerByte lock) {
    return identified(owner, false, lock, false);
  }

  private Evidence identified(
      ProcessIdentity owner, boolean claimsLock, OwnerByte lock, boolean shared) {
    Machine here = processes.machine();
    Machine there = owner.machine();
    OwnerProcess process = ownerProcess(owner);
    boolean self =
        there.equals(here) && owner.pid() == processes.self() && process == OwnerProcess.SAME;
    return new Evidence.Identified(
        self,
        there.host(),
        there.host().equals(here.host()),
        shared,
        there.boot().equals(here.boot()),
        claimsLock,
        lock,
        there.equals(here),
        process,
        owner.pid());
  }

  private OwnerProcess ownerProcess(ProcessIdentity owner) {
    Sighting sighting = find(owner.pid());
    if (!(sighting instanceof Sighting.Present present)) {
      return unseen(sighting);
    }
    if (present.process().start() != owner.start()) {
      return OwnerProcess.OTHER;
    }
    return present.process().isAlive() ? OwnerProcess.SAME : OwnerProcess.ZOMBIE;
  }

  private Evidence pidOnly(
      InstanceRecord record, Instant modified, OwnerByte lock, boolean shared) {
    Sighting sighting = find(record.pid());
    ProcessInfo process =
        sighting instanceof Sighting.Present present && present.process().isAlive()
            ? present.process()
            : null;
    return new Evidence.PidOnly(
        shared,
        lock,
        processes.seesWholeMachine(),
        process != null ? OwnerProcess.SOME : unseen(sighting),
        process == null ? Interpreter.HIDDEN : interpreter(record.pid()),
        process != null && predates(process, record),
        process != null && hasRecordedChild(record),
        process != null && isLater(startedAt(process), record.ownerWrote(modified)),
        record.pid());
  }

  private static OwnerProcess unseen(Sighting sighting) {
    if (sighting instanceof Sighting.Absent) {
      return OwnerProcess.ABSENT;
    }
    return sighting instanceof Sighting.Hidden ? OwnerProcess.HIDDEN : OwnerProcess.ZOMBIE;
  }

  private boolean predates(ProcessInfo process, InstanceRecord record) {
    Instant started = record.startInstant(ZoneId.systemDefault());
    return started != null && startedAt(process).isBefore(started.minus(CLEARLY_EARLIER));
  }

  private boolean hasRecordedChild(InstanceRecord record) {
    for (TrackedProcess child : record.processes().values()) {
      if (find(child.pid()) instanceof Sighting.Present present
          && present.process().parent() == record.pid()) {
        return true;
      }
    }
    return false;
  }

  /** Whether a moment is clearly after another; never if the other is not known. */
  public static boolean isLater(Instant moment, @Nullable Instant other) {
    return other != null && moment.isAfter(other.plus(CLEARLY_LATER));
  }

  private Sighting find(long pid) {
    return sightings.computeIfAbsent(pid, processes::find);
  }

  /** Remembered, for many records name the same process, and the table asks the system's clock. */
  private Instant startedAt(ProcessInfo process) {
    return startTimes.computeIfAbsent(process.start(), processes::startedAt);
  }

  private Interpreter interpreter(long pid) {
    return interpreters.computeIfAbsent(pid, processes::interpreter);
  }
}
