package dev.sexton.internal.liveness;

import dev.sexton.internal.liveness.Evidence.OwnerProcess;
import dev.sexton.internal.liveness.Evidence.Part;
import dev.sexton.internal.lock.InstanceLocks;
import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.ProcessReader.Interpreter;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.process.StartUnit;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.state.StateDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Collects the evidence about owners. Only reads. It caches what it saw of a process for its own
/// lifetime, which is one look at the instances. For use by one thread.
public final class EvidenceCollector {
  /// The minimum delay after a wall-clock time for a process start to be clearly later. The
  /// kernel's times are exact to 10 ms. The rest is for clocks that are adjusted slightly, not set.
  public static final Duration CLEARLY_LATER = Duration.ofSeconds(2);

  /// The minimum lead for a process start to be clearly earlier. A server may register late.
  private static final Duration CLEARLY_EARLIER = Duration.ofMinutes(1);

  private final ProcessReader processes;
  private final InstanceLocks locks;
  private final Machine here;
  private final IdentityHashMap<StateDirectory, PastBoots> pastBoots = new IdentityHashMap<>();
  private final Map<Long, ProcessLookup> sightings = new HashMap<>();
  private final Map<Long, Interpreter> interpreters = new HashMap<>();
  private final Map<StartTime, Instant> startTimes = new HashMap<>();
  private @Nullable Boolean wholeMachine;

  /// Creates a collector for these ports.
  public EvidenceCollector(ProcessReader processes, InstanceLocks locks) {
    this(processes, locks, processes.machine());
  }

  /// Creates a collector for these ports, for one of many looks.
  ///
  /// @param here the machine of the process table, as determined a moment ago
  public EvidenceCollector(ProcessReader processes, InstanceLocks locks, Machine here) {
    this.processes = processes;
    this.locks = locks;
    this.here = here;
  }

  /// Returns the evidence about one owner.
  ///
  /// @param record the instance's record
  /// @param modified when the record was last written, according to its file
  /// @param lockFile the instance's lock file; null if the directory listed none
  /// @param directory the directory of the record
  public Evidence about(
      InstanceRecord record, Instant modified, @Nullable Path lockFile, StateDirectory directory) {
    OwnerByte lock = lockFile == null ? OwnerByte.MISSING : locks.probeOwner(lockFile);
    if (record.schema() > InstanceRecord.SCHEMA) {
      return new Evidence.Newer(record.schema(), lock);
    }
    ProcessIdentity owner = record.owner();
    boolean shared = directory.isShared();
    return owner == null
        ? pidOnly(record, modified, lock, shared)
        : identified(
            owner,
            record.ownerHoldsLock(),
            lock,
            shared,
            () -> isFromEarlierBoot(record, modified, directory));
  }

  /// Returns the evidence about an owner that is known only from a label on a container.
  ///
  /// @param directories the directories whose lists of boots may include the owner's boot
  public Evidence about(
      ProcessIdentity owner, OwnerByte lock, List<? extends StateDirectory> directories) {
    return identified(
        owner,
        false,
        lock,
        false,
        () -> directories.stream().anyMatch(one -> pastBoots(one).include(owner.machine())));
  }

  private Evidence identified(
      ProcessIdentity owner,
      boolean claimsLock,
      OwnerByte lock,
      boolean shared,
      BooleanSupplier bootIsOver) {
    Machine there = owner.machine();
    Part host = compare(there.host(), here.host());
    Part boot = compare(there.boot(), here.boot());
    if (host == Part.SAME && boot == Part.OTHER && bootIsOver.getAsBoolean()) {
      boot = Part.OVER;
    }
    Part namespace =
        there.unit() == here.unit()
            ? compare(there.pidNamespace(), here.pidNamespace())
            : Part.UNREADABLE;
    OwnerProcess process = OwnerProcess.HIDDEN;
    if (host == Part.SAME && namespace == Part.SAME) {
      process = ownerProcess(owner);
    } else if (there.sharesClock(here) && namespace == Part.OTHER) {
      if (processes.seesNested(owner)) {
        process = OwnerProcess.SAME;
      } else if (lock != OwnerByte.HELD
          && processes.namespaceIsEmpty(there.pidNamespace(), owner.start())) {
        namespace = Part.OVER;
      }
    }
    boolean self =
        there.isComparableTo(here)
            && owner.pid() == processes.self()
            && process == OwnerProcess.SAME;
    return new Evidence.Identified(
        new Evidence.Location(there.host(), host, shared, boot, namespace),
        claimsLock,
        lock,
        new Evidence.Holder(owner.pid(), process, self));
  }

  /// Compares one part. On platforms without such parts both are empty, and that is all there is to
  /// compare.
  private Part compare(String there, String ours) {
    if (here.unit() == StartUnit.TICKS && (there.isEmpty() || ours.isEmpty())) {
      return Part.UNREADABLE;
    }
    return there.equals(ours) ? Part.SAME : Part.OTHER;
  }

  private boolean isFromEarlierBoot(
      InstanceRecord record, Instant modified, StateDirectory directory) {
    ProcessIdentity owner = record.owner();
    PastBoots past = pastBoots(directory);
    return owner != null && (past.include(owner.machine()) || past.includeTimeOf(record, modified));
  }

  private PastBoots pastBoots(StateDirectory directory) {
    return pastBoots.computeIfAbsent(directory, one -> PastBoots.of(one, processes));
  }

  private OwnerProcess ownerProcess(ProcessIdentity owner) {
    ProcessLookup sighting = find(owner.pid());
    if (!(sighting instanceof ProcessLookup.Present present)) {
      return unseen(sighting);
    }
    if (!present.process().start().equals(owner.start())) {
      return OwnerProcess.OTHER;
    }
    return present.process().isAlive() ? OwnerProcess.SAME : OwnerProcess.ZOMBIE;
  }

  private Evidence pidOnly(
      InstanceRecord record, Instant modified, OwnerByte lock, boolean shared) {
    ProcessLookup sighting = find(record.pid());
    ProcessInfo process =
        sighting instanceof ProcessLookup.Present present && present.process().isAlive()
            ? present.process()
            : null;
    Evidence.Candidate candidate =
        new Evidence.Candidate(
            record.pid(),
            process != null ? OwnerProcess.SOME : unseen(sighting),
            process == null ? Interpreter.HIDDEN : interpreter(record.pid()),
            process != null && predates(process, record),
            process != null && isLater(startedAt(process), record.ownerWrote(modified)));
    return new Evidence.PidOnly(
        record.schema() == 0,
        new Evidence.PidScope(shared, seesWholeMachine()),
        lock,
        candidate,
        process != null && hasRecordedChild(record));
  }

  private static OwnerProcess unseen(ProcessLookup sighting) {
    if (sighting instanceof ProcessLookup.Absent) {
      return OwnerProcess.ABSENT;
    }
    return sighting instanceof ProcessLookup.Hidden ? OwnerProcess.HIDDEN : OwnerProcess.ZOMBIE;
  }

  private boolean predates(ProcessInfo process, InstanceRecord record) {
    Instant started = record.startInstant(ZoneId.systemDefault());
    return started != null && startedAt(process).isBefore(started.minus(CLEARLY_EARLIER));
  }

  private boolean hasRecordedChild(InstanceRecord record) {
    for (TrackedProcess child : record.processes().values()) {
      if (find(child.pid()) instanceof ProcessLookup.Present present
          && present.process().parent() == record.pid()) {
        return true;
      }
    }
    return false;
  }

  /// Returns whether a moment is clearly after another; never if the other is unknown.
  public static boolean isLater(Instant moment, @Nullable Instant other) {
    return other != null && moment.isAfter(other.plus(CLEARLY_LATER));
  }

  private ProcessLookup find(long pid) {
    return sightings.computeIfAbsent(pid, processes::find);
  }

  private boolean seesWholeMachine() {
    Boolean known = wholeMachine;
    if (known == null) {
      known = processes.seesWholeMachine();
      wholeMachine = known;
    }
    return known;
  }

  /// Returns the start time. It is cached, because many records name the same process, and the
  /// process table asks the system's clock.
  private Instant startedAt(ProcessInfo process) {
    return startTimes.computeIfAbsent(process.start(), processes::startedAt);
  }

  private Interpreter interpreter(long pid) {
    return interpreters.computeIfAbsent(pid, processes::interpreter);
  }
}
