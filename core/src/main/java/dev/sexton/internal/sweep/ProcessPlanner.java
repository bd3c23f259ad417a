package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.internal.liveness.PastBoots;
import dev.sexton.internal.liveness.Witness;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.Sighting;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.sweep.ProcessTree.Spared;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plans which processes of a dead instance to stop: those it recorded, those that carry its mark,
 * and those of its owner's session, each with all its descendants. Where two pieces of evidence
 * disagree, the one that spares the process wins. Touches nothing.
 */
final class ProcessPlanner {
  /** The name of a process that was found by its mark and not by the record. */
  static final String MARKED = "(marked)";

  /** The name of a process that was found by its owner's session. */
  static final String SESSION = "(session)";

  /**
   * What to do about the processes of one instance.
   *
   * @param trees what to stop
   * @param settled of what there is nothing to stop
   */
  record Plan(List<ProcessTree> trees, List<Settled> settled) {}

  private final Observed instance;
  private final ProcessView view;
  private final Machine here;
  private final TimeEvidence times;
  private final @Nullable ProcessInfo witnessed;
  private final List<Settled> settled = new ArrayList<>();
  private final Map<Long, Root> roots = new LinkedHashMap<>();

  private record Root(ProcessInfo process, String name, String reason) {}

  private ProcessPlanner(Observed instance, ProcessView view, @Nullable ProcessInfo witnessed) {
    this.instance = instance;
    this.witnessed = witnessed;
    this.view = view;
    this.here = view.table().machine();
    this.times = new TimeEvidence(instance, view.table());
  }

  /**
   * The plan for one instance.
   *
   * @param witnessed its owner, if the caller saw it die just now
   */
  static Plan plan(Observed instance, ProcessView view, @Nullable ProcessInfo witnessed) {
    ProcessPlanner planner = new ProcessPlanner(instance, view, witnessed);
    planner.addRecorded();
    planner.addUnseen();
    planner.addMarked();
    planner.addSession();
    return new Plan(planner.grow(), planner.settled);
  }

  /**
   * What started before this is older than every one of these instances, and so none's; in the unit
   * of start times.
   *
   * @param byWallClock whether to go by the wall clock where a record knows no better
   */
  static long oldestStart(List<Observed> instances, ProcessTable table, boolean byWallClock) {
    long oldest = Long.MAX_VALUE;
    for (Observed instance : instances) {
      oldest = Math.min(oldest, startOf(instance, table, byWallClock));
    }
    return oldest;
  }

  private static long startOf(Observed instance, ProcessTable table, boolean byWallClock) {
    InstanceRecord record = instance.record();
    ProcessIdentity owner = record.owner();
    if (owner != null
        && owner.machine().sharesClock(table.machine())
        && record.startedUnits() >= 0) {
      return record.startedUnits();
    }
    Instant started = byWallClock ? record.startInstant(ZoneId.systemDefault()) : null;
    if (started == null || started.isBefore(Instant.EPOCH) || started.isAfter(table.wallClock())) {
      return Long.MIN_VALUE;
    }
    return table.startOf(started.minus(Witness.CLEARLY_LATER));
  }

  private void addRecorded() {
    instance.record().processes().forEach(this::addRecorded);
    instance
        .record()
        .invalidProcesses()
        .forEach((name, defect) -> settle(name, 0, Outcome.RECYCLED, defect));
  }

  private void addRecorded(String name, TrackedProcess tracked) {
    ProcessIdentity identity = tracked.identity();
    Machine machine = identity != null ? identity.machine() : ownersMachine();
    if (machine != null && !machine.isComparableTo(here)) {
      settleElsewhere(name, tracked, machine);
      return;
    }
    if (machine == null && !view.table().seesWholeMachine()) {
      settle(
          name,
          tracked.pid(),
          Outcome.RECYCLED,
          "a mere process ID says nothing inside a container");
      return;
    }
    ProcessInfo process = view.snapshot().find(tracked.pid());
    String contradiction = process == null ? null : times.contradiction(process, identity == null);
    if (process == null || !process.isAlive()) {
      settle(name, tracked.pid(), Outcome.GONE, process == null ? "no such process" : "a zombie");
    } else if (identity != null && identity.start() != process.start()) {
      settle(
          name, tracked.pid(), Outcome.RECYCLED, "the process ID belongs to another process now");
    } else if (contradiction != null) {
      settle(name, tracked.pid(), Outcome.DENIED, contradiction);
    } else if (identity == null && times.startedAfterRecord(process)) {
      settle(
          name,
          tracked.pid(),
          Outcome.RECYCLED,
          "the process started after the record was written");
    } else if (times.isOlderThanInstance(process)) {
      settle(name, tracked.pid(), Outcome.RECYCLED, "the process is older than the instance");
    } else {
      String refusal = refusal(process);
      if (refusal != null) {
        settled.add(Settled.denied(instance, name, process, refusal));
      } else if (!view.mark(process).keep()) {
        roots.putIfAbsent(process.pid(), new Root(process, name, "recorded"));
      }
    }
  }

  private @Nullable Machine ownersMachine() {
    ProcessIdentity owner = instance.record().owner();
    return owner == null ? null : owner.machine();
  }

  private void settleElsewhere(String name, TrackedProcess tracked, Machine there) {
    long pid = tracked.pid();
    ProcessIdentity identity = tracked.identity();
    if (!there.host().equals(here.host())) {
      settle(
          name, pid, Outcome.FAILED, "it runs on another host (" + there.host() + "): sweep there");
    } else if (!there.sharesClock(there) || !here.sharesClock(here)) {
      settle(
          name,
          pid,
          Outcome.FAILED,
          "its host or boot cannot be compared with those here: see sexton doctor");
    } else if (!there.boot().equals(here.boot())) {
      settleInAnotherBoot(name, pid, there);
    } else if (view.table()
        .namespaceIsEmpty(
            there.pidNamespace(), identity == null ? Long.MAX_VALUE : identity.start())) {
      settle(name, pid, Outcome.GONE, "its PID namespace is gone");
    } else {
      settle(
          name, pid, Outcome.FAILED, "it runs in another PID namespace: sweep in that container");
    }
  }

  /// The boot of a dead owner is over, by proof or because a person says so.
  private void settleInAnotherBoot(String name, long pid, Machine there) {
    Machine owners = ownersMachine();
    boolean over =
        (owners != null && owners.boot().equals(there.boot()))
            || PastBoots.of(instance.directory(), view.table()).include(there);
    settle(
        name,
        pid,
        over ? Outcome.GONE : Outcome.FAILED,
        over
            ? "the machine was restarted since"
            : "it was started in another boot, and nothing proves that this machine ran it");
  }

  private void settle(String name, long pid, Outcome outcome, String reason) {
    settled.add(Settled.absent(instance, name, pid, outcome, reason));
  }

  /** From inside one container nobody sees what carries a mark in another, or on the host. */
  private void addUnseen() {
    Machine there = ownersMachine();
    if (there != null
        && !there.isComparableTo(here)
        && mayBeSame(there.host(), here.host())
        && mayBeSame(there.boot(), here.boot())
        && !view.table().seesWholeMachine()) {
      settle(
          MARKED,
          0,
          Outcome.FAILED,
          "what it made may run in another PID namespace: sweep there, or on the machine itself");
    }
  }

  private static boolean mayBeSame(String part, String other) {
    return part.isEmpty() || other.isEmpty() || part.equals(other);
  }

  private void addMarked() {
    for (ProcessInfo process : view.marked(instance.mark())) {
      addFound(process, MARKED, "carries the instance's mark");
    }
  }

  /**
   * Members of the session that the owner led. The kernel gives the owner's number to no later
   * process while a member lives, so it is this owner's session if the leader is gone and one of
   * them started before the owner last wrote its record, or somebody saw the owner die just now.
   */
  private void addSession() {
    long leader = instance.record().pid();
    Machine machine = ownersMachine();
    boolean elsewhere =
        machine == null ? !view.table().seesWholeMachine() : !machine.isComparableTo(here);
    if (leader <= 1 || elsewhere) {
      return;
    }
    List<ProcessInfo> members = view.snapshot().sessionOf(leader);
    boolean proven = ownerWasSeenDying();
    for (ProcessInfo member : members) {
      if (member.pid() == leader) {
        return; // A later process leads a later session of this number.
      }
      proven |= times.startedBeforeLastWrite(member);
    }
    if (proven) {
      for (ProcessInfo member : members) {
        addFound(member, SESSION, "belongs to its owner's session");
      }
    }
  }

  /** Whether the process that was seen to die just now was the owner, and no later process. */
  private boolean ownerWasSeenDying() {
    if (witnessed == null || witnessed.pid() != instance.record().pid()) {
      return false;
    }
    ProcessIdentity owner = instance.record().owner();
    return owner != null
        ? owner.start() == witnessed.start()
        : times.startedBeforeLastWrite(witnessed);
  }

  private void addFound(ProcessInfo process, String name, String reason) {
    if (roots.containsKey(process.pid()) || view.mark(process).keep()) {
      return;
    }
    String contradiction = times.contradiction(process, false);
    if (contradiction != null) {
      if (settled.stream().noneMatch(one -> one.report().pid() == process.pid())) {
        settle(name, process.pid(), Outcome.DENIED, contradiction);
      }
      return;
    }
    if (times.isOlderThanInstance(process)) {
      return;
    }
    String refusal = refusal(process);
    if (refusal == null) {
      roots.put(process.pid(), new Root(process, name, reason));
    } else {
      settled.add(Settled.denied(instance, name, process, refusal));
    }
  }

  /** Why a process that belongs to the instance must be left alone all the same; null if not. */
  private @Nullable String refusal(ProcessInfo process) {
    if (view.isProtected(process)) {
      return "it is this sweep itself, one of its ancestors, or the system's own";
    }
    User owner = instance.user();
    User user = view.user(process);
    if (owner == null || (user == null && isStillThere(process))) {
      return "cannot tell whose process it is";
    }
    if (user == null) {
      return null; // It ended since the table was read: then there is nobody to spare.
    }
    return owner.sameAs(user) ? null : "it is another user's process";
  }

  private boolean isStillThere(ProcessInfo process) {
    return !(view.table().find(process.pid()) instanceof Sighting.Absent);
  }

  /** Each process found, with its descendants; one that descends from another goes with that. */
  private List<ProcessTree> grow() {
    List<ProcessTree> trees = new ArrayList<>();
    Set<Long> taken = new HashSet<>();
    for (boolean nested : new boolean[] {false, true}) {
      for (Root root : roots.values()) {
        boolean below = !isRecorded(root) && hasAncestorAmongRoots(root.process());
        if (below == nested && taken.add(root.process().pid())) {
          trees.add(grow(root, taken));
        }
      }
    }
    return trees;
  }

  private static boolean isRecorded(Root root) {
    return !root.name().equals(MARKED) && !root.name().equals(SESSION);
  }

  private boolean hasAncestorAmongRoots(ProcessInfo process) {
    Map<Long, Boolean> seen = new HashMap<>();
    ProcessInfo child = process;
    ProcessInfo parent = view.snapshot().find(process.parent());
    while (parent != null
        && parent.start() <= child.start()
        && seen.put(parent.pid(), true) == null) {
      if (roots.containsKey(parent.pid())) {
        return true;
      }
      if (refusal(parent) != null || view.mark(parent).keep()) {
        return false; // Growing down from above stops there.
      }
      child = parent;
      parent = view.snapshot().find(parent.parent());
    }
    return false;
  }

  private ProcessTree grow(Root root, Set<Long> taken) {
    List<ProcessInfo> members = new ArrayList<>(List.of(root.process()));
    List<Spared> spared = new ArrayList<>();
    Deque<ProcessInfo> parents = new ArrayDeque<>(members);
    while (!parents.isEmpty()) {
      for (ProcessInfo child : view.snapshot().childrenOf(parents.remove())) {
        Root recorded = roots.get(child.pid());
        boolean ownTree = recorded != null && isRecorded(recorded);
        if (ownTree || !child.isAlive() || !taken.add(child.pid())) {
          continue;
        }
        String refusal = refusal(child);
        if (refusal != null) {
          spared.add(new Spared(child, refusal));
        } else if (!view.mark(child).keep()) {
          members.add(child);
          parents.add(child);
        }
      }
    }
    return new ProcessTree(instance, root.name(), root.process(), members, spared, root.reason());
  }

  /** Whether a process that appeared below a tree's member goes with it; null if so, or why not. */
  static @Nullable String refusalOfNew(Observed instance, ProcessView view, ProcessInfo process) {
    ProcessPlanner planner = new ProcessPlanner(instance, view, null);
    return view.mark(process).keep() ? "it opted out (SEXTON_KEEP=1)" : planner.refusal(process);
  }
}
