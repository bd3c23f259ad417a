package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.internal.liveness.PastBoots;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the processes that an instance's record names. A PID alone does not identify a process, so
/// all other data of the record about it has to agree.
final class RecordedProcesses {
  /// Stands for a PID that no process had at the first check.
  private static final ProcessInfo NOBODY = ProcessInfo.identified(0, StartTime.UNKNOWN);

  private final ObservedInstance instance;
  private final ProcessView view;
  private final Machine here;
  private final TimeEvidence times;
  private final Map<String, ProcessInfo> firstSeen;

  /// Creates a finder.
  ///
  /// @param firstSeen the processes that this sweep found under bare PIDs in the record, by name;
  ///   the first check adds to it and binds the later ones
  RecordedProcesses(
      ObservedInstance instance,
      ProcessView view,
      TimeEvidence times,
      Map<String, ProcessInfo> firstSeen) {
    this.instance = instance;
    this.view = view;
    this.here = view.here();
    this.times = times;
    this.firstSeen = firstSeen;
  }

  void addTo(FoundProcesses found) {
    instance.record().processes().forEach((name, tracked) -> add(name, tracked, found));
    instance
        .record()
        .invalidProcesses()
        .forEach((name, defect) -> found.settle(name, 0, Outcome.RECYCLED, defect));
  }

  private void add(String name, TrackedProcess tracked, FoundProcesses found) {
    ProcessIdentity identity = tracked.identity();
    Machine machine = identity != null ? identity.machine() : times.ownersMachine();
    if (machine != null && !machine.isComparableTo(here)) {
      settleElsewhere(name, tracked, machine, found);
    } else if (machine == null && !view.isOfWholeMachine()) {
      found.settle(
          name, tracked.pid(), Outcome.RECYCLED, "a PID alone proves nothing inside a container");
    } else {
      addFromHere(name, tracked, found);
    }
  }

  private void addFromHere(String name, TrackedProcess tracked, FoundProcesses found) {
    long pid = tracked.pid();
    ProcessIdentity identity = tracked.identity();
    ProcessInfo process = view.snapshot().find(pid);
    boolean replaced = identity == null && isReplaced(name, process);
    String contradiction = process == null ? null : times.contradiction(process, identity == null);
    if (process == null && view.snapshot().isUnreadable(pid)) {
      found.settle(name, pid, Outcome.DENIED, "the process cannot be read");
    } else if (process == null || !process.isAlive()) {
      found.settle(name, pid, Outcome.GONE, process == null ? "no such process" : "a zombie");
    } else if (replaced) {
      found.settle(
          name,
          pid,
          Outcome.RECYCLED,
          "the PID was given to another process after this sweep began");
    } else if (identity != null && !identity.start().equals(process.start())) {
      found.settle(name, pid, Outcome.RECYCLED, "the PID now belongs to another process");
    } else if (contradiction != null) {
      found.settle(name, pid, Outcome.DENIED, contradiction);
    } else if (identity == null && times.startedAfterRecord(process)) {
      found.settle(name, pid, Outcome.RECYCLED, "the process started after the record was written");
    } else if (times.isOlderThanInstance(process)) {
      found.settle(name, pid, Outcome.RECYCLED, "the process is older than the instance");
    } else {
      found.add(process, name, "recorded", ProcessTree.isNamed(name));
    }
  }

  /// Returns whether a bare PID has another process than at the first check of this sweep. A
  /// process that got the PID later is a different one, however young the record is.
  private boolean isReplaced(String name, @Nullable ProcessInfo process) {
    ProcessInfo now = process == null ? NOBODY : process;
    ProcessInfo first = firstSeen.putIfAbsent(name, now);
    return first != null && !first.sameAs(now);
  }

  private void settleElsewhere(
      String name, TrackedProcess tracked, Machine there, FoundProcesses found) {
    long pid = tracked.pid();
    ProcessIdentity identity = tracked.identity();
    if (!there.host().equals(here.host())) {
      found.settle(
          name, pid, Outcome.FAILED, "it runs on another host (" + there.host() + "): sweep there");
    } else if (!there.sharesClock(there) || !here.sharesClock(here)) {
      found.settle(
          name,
          pid,
          Outcome.FAILED,
          "its host or boot cannot be compared with those here: run sexton doctor");
    } else if (!there.boot().equals(here.boot())) {
      settleInAnotherBoot(name, pid, there, found);
    } else if (view.table()
        .namespaceIsEmpty(
            there.pidNamespace(),
            identity == null ? StartTime.latest(here.unit()) : identity.start())) {
      found.settle(name, pid, Outcome.GONE, "its PID namespace is gone");
    } else {
      found.settle(
          name, pid, Outcome.FAILED, "it runs in another PID namespace: sweep in that container");
    }
  }

  /// Settles a process of another boot. The boot of a dead owner is over, by proof or because a
  /// person says so.
  private void settleInAnotherBoot(String name, long pid, Machine there, FoundProcesses found) {
    Machine owners = times.ownersMachine();
    boolean over =
        (owners != null && owners.boot().equals(there.boot()))
            || PastBoots.of(instance.directory(), view.table()).include(there);
    found.settle(
        name,
        pid,
        over ? Outcome.GONE : Outcome.FAILED,
        over
            ? "the machine has been restarted since"
            : "it was started in another boot, and nothing proves that this machine ran it");
  }
}
