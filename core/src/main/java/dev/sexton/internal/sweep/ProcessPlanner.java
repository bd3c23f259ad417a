package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.internal.liveness.EvidenceCollector;
import dev.sexton.internal.liveness.PastBoots;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.sweep.ProcessSparing.Spared;
import dev.sexton.internal.sweep.SparingRules.Sparing;
import dev.sexton.internal.sweep.SweepRequest.Ending;
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

/// Plans which processes of a dead instance to stop: recorded processes, members of its control
/// group, processes with its marker, processes that were seen below its owner, and members of its
/// owner's session, each with all its descendants. If two pieces of evidence disagree, the one that
/// spares the process wins. Changes nothing.
final class ProcessPlanner {
  /// The name of a process that was found by its marker and not by the record.
  static final String MARKED = "(marked)";

  /// The name of a process that was found in the instance's control group.
  static final String GROUP = "(group)";

  /// The reason why such a process is known to be the instance's.
  static final String IN_GROUP = "is in the instance's control group";

  /// The name of a process that was found by its owner's session.
  static final String SESSION = "(session)";

  /// How often a sweep keeps a record because of members of its owner's session that are not
  /// provably its own. A watcher that held the owner can prove it, and may come slightly later.
  private static final int SESSION_ATTEMPTS = 3;

  /// Stands for a PID that no process had at the first check.
  private static final ProcessInfo NOBODY = ProcessInfo.identified(0, -1);

  /// The plan for the processes of one instance.
  ///
  /// @param trees the trees to stop
  /// @param settled the resources with nothing to stop
  /// @param runaway the instance, if all that is left of it are processes that end before they can
  ///   be inspected
  record Plan(
      List<ProcessTree> trees, List<ResourceResult> settled, @Nullable ObservedInstance runaway) {}

  private final ObservedInstance instance;
  private final ProcessView view;
  private final Machine here;
  private final Ending ending;
  private final Map<String, ProcessInfo> firstSeen;
  private final TimeEvidence times;
  private final ProcessSparing sparing;
  private final List<ResourceResult> settled = new ArrayList<>();
  private final Map<Long, Root> roots = new LinkedHashMap<>();

  /// Processes with a known outcome. Each is reported once.
  private final Set<Long> reported = new HashSet<>();

  /// Whether a member of the control group had ended before it was inspected.
  private boolean missed;

  private record Root(ProcessInfo process, String name, String reason) {}

  private ProcessPlanner(
      ObservedInstance instance,
      ProcessView view,
      Ending ending,
      Map<String, ProcessInfo> firstSeen) {
    this.instance = instance;
    this.view = view;
    this.here = view.here();
    this.ending = ending;
    this.firstSeen = firstSeen;
    this.times = new TimeEvidence(instance, view);
    this.sparing = new ProcessSparing(instance, view, ending, times);
  }

  /// Returns the plan for one instance.
  ///
  /// @param ending the known facts about its end
  /// @param firstSeen the processes that this sweep found under bare PIDs in the record, by name;
  ///   the first check adds to it and binds the later ones
  static Plan plan(
      ObservedInstance instance,
      ProcessView view,
      Ending ending,
      Map<String, ProcessInfo> firstSeen) {
    ProcessPlanner planner = new ProcessPlanner(instance, view, ending, firstSeen);
    planner.addRecorded();
    planner.addUnseen();
    planner.addGroup();
    planner.addDescendants();
    planner.addMarked();
    planner.addSession();
    List<ProcessTree> trees = planner.grow();
    planner.addUnclaimed(trees);
    boolean isRunningAway = planner.missed && trees.isEmpty();
    return new Plan(trees, planner.settled, isRunningAway ? instance : null);
  }

  /// Returns the start of the oldest of these instances, in the unit of start times. Any process
  /// that started before it is older than all of them, and so belongs to none.
  ///
  /// @param byWallClock whether to use the wall clock if a record has no better time
  static long oldestStart(
      List<ObservedInstance> instances, ProcessReader table, boolean byWallClock) {
    long oldest = Long.MAX_VALUE;
    for (ObservedInstance instance : instances) {
      oldest = Math.min(oldest, startOf(instance, table, byWallClock));
    }
    return oldest;
  }

  private static long startOf(ObservedInstance instance, ProcessReader table, boolean byWallClock) {
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
    return table.startOf(started.minus(EvidenceCollector.CLEARLY_LATER));
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
    if (machine == null && !view.isOfWholeMachine()) {
      settle(
          name, tracked.pid(), Outcome.RECYCLED, "a PID alone proves nothing inside a container");
      return;
    }
    ProcessInfo process = view.snapshot().find(tracked.pid());
    boolean replaced = identity == null && isReplaced(name, process);
    String contradiction = process == null ? null : times.contradiction(process, identity == null);
    if (process == null && view.snapshot().isUnreadable(tracked.pid())) {
      settle(name, tracked.pid(), Outcome.DENIED, "the process cannot be read");
    } else if (process == null || !process.isAlive()) {
      settle(name, tracked.pid(), Outcome.GONE, process == null ? "no such process" : "a zombie");
    } else if (replaced) {
      settle(
          name,
          tracked.pid(),
          Outcome.RECYCLED,
          "the PID was given to another process after this sweep began");
    } else if (identity != null && identity.start() != process.start()) {
      settle(name, tracked.pid(), Outcome.RECYCLED, "the PID now belongs to another process");
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
      add(process, name, "recorded", isNamed(name));
    }
  }

  /// Returns whether a bare PID has another process than at the first check of this sweep. A
  /// process that got the PID later is a different one, however young the record is.
  private boolean isReplaced(String name, @Nullable ProcessInfo process) {
    ProcessInfo now = process == null ? NOBODY : process;
    ProcessInfo first = firstSeen.putIfAbsent(name, now);
    return first != null && !first.sameAs(now);
  }

  /// Returns whether the instance itself gave the name, and not a sweep to a process that it found.
  private static boolean isNamed(String name) {
    return !name.startsWith("(");
  }

  /// Adds a process as one of the instance's own, unless a rule spares it.
  private void add(ProcessInfo process, String name, String reason, boolean isRecorded) {
    if (roots.containsKey(process.pid()) || reported.contains(process.pid())) {
      return;
    }
    Spared spared = sparing.judge(process, isRecorded);
    if (spared == null) {
      roots.put(process.pid(), new Root(process, name, reason));
      if (isRecorded) {
        sparing.noteRecorded(process);
      }
    } else {
      settle(name, spared);
    }
  }

  private void settle(String name, Spared spared) {
    if (reported.add(spared.process().pid())) {
      settled.add(ResourceResult.spared(instance, name, spared.process(), spared.sparing()));
    }
  }

  private @Nullable Machine ownersMachine() {
    return times.ownersMachine();
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
          "its host or boot cannot be compared with those here: run sexton doctor");
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

  /// Settles a process of another boot. The boot of a dead owner is over, by proof or because a
  /// person says so.
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
            ? "the machine has been restarted since"
            : "it was started in another boot, and nothing proves that this machine ran it");
  }

  private void settle(String name, long pid, Outcome outcome, String reason) {
    settled.add(ResourceResult.absent(instance, name, pid, outcome, reason));
  }

  /// Reports that marked processes in another container or on the host are invisible in a
  /// container.
  private void addUnseen() {
    Machine there = ownersMachine();
    if (there != null
        && !there.isComparableTo(here)
        && mayBeSame(there.host(), here.host())
        && mayBeSame(there.boot(), here.boot())
        && !view.isOfWholeMachine()) {
      settle(
          MARKED,
          0,
          Outcome.FAILED,
          "what it started may be running in another PID namespace: sweep there, or on the machine"
              + " itself");
    }
  }

  private static boolean mayBeSame(String part, String other) {
    return part.isEmpty() || other.isEmpty() || part.equals(other);
  }

  /// Adds the members of the control group that only this instance used.
  private void addGroup() {
    String group = instance.controlGroup();
    if (group == null) {
      return;
    }
    ProcessView.GroupMembers found = view.membersOf(group, false);
    missed = found.missed() && !found.hidden();
    for (ProcessInfo process : found.seen()) {
      addFound(process, GROUP, IN_GROUP);
    }
  }

  /// Adds processes that were seen below the owner before it was asked to stop. They may have left
  /// its tree, its session and its environment since.
  private void addDescendants() {
    for (ProcessInfo seen : ending.descendants()) {
      ProcessInfo process = view.snapshot().current(seen);
      if (process != null && process.isAlive()) {
        addFound(process, InstanceRecord.DESCENDANT, "was seen below its owner");
      }
    }
  }

  private void addMarked() {
    for (ProcessInfo process : view.marked(instance.mark())) {
      addFound(process, MARKED, "carries the instance's marker");
    }
  }

  /// Adds the members of the session that the owner led. The kernel does not reuse the owner's PID
  /// while a member lives. So it is this owner's session if the leader is gone and one of these
  /// holds: a member carries the instance's marker, a member started before the owner last wrote
  /// its record, or the owner was seen to die a moment ago. It is also this owner's session if the
  /// owner still exists as a zombie.
  private void addSession() {
    long leader = instance.record().pid();
    Machine machine = ownersMachine();
    boolean elsewhere = machine == null ? !view.isOfWholeMachine() : !machine.isComparableTo(here);
    if (leader <= 1 || elsewhere) {
      return;
    }
    List<ProcessInfo> members = view.snapshot().sessionOf(leader);
    boolean proven = ownerWasSeenDying() || isOwnersZombie(view.snapshot().find(leader));
    for (ProcessInfo member : members) {
      if (member.pid() == leader) {
        return; // A later process leads a later session with this ID.
      }
      proven |=
          times.startedBeforeLastWrite(member)
              || instance.mark().equals(view.mark(member).instance());
    }
    for (ProcessInfo member : members) {
      if (proven) {
        addFound(member, SESSION, "belongs to its owner's session");
      } else {
        addDoubtful(member);
      }
    }
  }

  private boolean isOwnersZombie(@Nullable ProcessInfo process) {
    ProcessIdentity owner = instance.record().owner();
    return process != null && owner != null && process.start() == owner.start();
  }

  /// Settles a member of a session that may be the owner's or that of a later process with the same
  /// PID. The record is kept for a while, for a sweep that can decide.
  private void addDoubtful(ProcessInfo member) {
    if (roots.containsKey(member.pid())
        || reported.contains(member.pid())
        || times.isOlderThanInstance(member)
        || sparing.judge(member, false) != null) {
      return;
    }
    reported.add(member.pid());
    InstanceRecord.Tombstone before = instance.record().tombstone();
    boolean last = before != null && before.attempts() >= SESSION_ATTEMPTS;
    String reason =
        "the ID of its session is the owner's PID, and nothing proves that the owner led it";
    settled.add(
        last || instance.record().schema() == 0
            ? ResourceResult.unclaimed(instance, SESSION, member, reason)
            : ResourceResult.doubtful(
                instance, SESSION, member.pid(), reason + ": a later sweep checks again"));
  }

  /// Returns whether the process that was seen to die a moment ago was the owner and not a later
  /// process.
  private boolean ownerWasSeenDying() {
    ProcessInfo seen = ending.owner();
    if (seen == null || seen.pid() != instance.record().pid()) {
      return false;
    }
    ProcessIdentity owner = instance.record().owner();
    return owner != null ? owner.start() == seen.start() : times.startedBeforeLastWrite(seen);
  }

  private void addFound(ProcessInfo process, String name, String reason) {
    if (roots.containsKey(process.pid()) || reported.contains(process.pid())) {
      return;
    }
    String contradiction = times.contradiction(process, false);
    if (contradiction != null && sparing.judge(process, false) == null) {
      reported.add(process.pid());
      settle(name, process.pid(), Outcome.DENIED, contradiction);
    } else if (contradiction != null || !times.isOlderThanInstance(process)) {
      add(process, name, reason, false);
    }
  }

  /// Reports processes that may be the instance's and cannot be judged. Such a process belongs to
  /// the instance's user, started in its lifetime, lost its parent, and runs in no systemd unit of
  /// its own. Its environment cannot be read or was overwritten, so a marker would not be seen.
  private void addUnclaimed(List<ProcessTree> trees) {
    boolean mayHaveMarked =
        instance.record().schema() > 0
            && instance.record().tombstone() == null
            && times.sharesMachine();
    if (!mayHaveMarked) {
      return;
    }
    Set<Long> known = new HashSet<>(reported);
    trees.forEach(tree -> tree.members().forEach(member -> known.add(member.pid())));
    for (ProcessInfo process : view.hidden()) {
      if (!known.contains(process.pid())
          && !times.isOlderThanInstance(process)
          && sparing.judge(process, false) == null) {
        settled.add(
            ResourceResult.unclaimed(
                instance,
                MARKED,
                process,
                view.mark(process).source() == InstanceMarker.Source.UNREADABLE
                    ? "it started while the server was running, it has lost its parent, and its"
                        + " environment cannot be read: it may belong to the server"
                    : "it started while the server was running, it has lost its parent, and it has"
                        + " overwritten its environment: it may belong to the server"));
      }
    }
  }

  /// Returns each process found, with its descendants. A process that descends from another is part
  /// of that tree.
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
    return isNamed(root.name());
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
      if (sparing.judgeAlone(parent, false) != null) {
        return false; // A tree that grows from above stops there.
      }
      child = parent;
      parent = view.snapshot().find(parent.parent());
    }
    return false;
  }

  private ProcessTree grow(Root root, Set<Long> taken) {
    List<ProcessInfo> members = new ArrayList<>(List.of(root.process()));
    List<ProcessTree.Spared> spared = new ArrayList<>();
    Deque<ProcessInfo> parents = new ArrayDeque<>(members);
    while (!parents.isEmpty()) {
      for (ProcessInfo child : view.snapshot().childrenOf(parents.remove())) {
        Root recorded = roots.get(child.pid());
        boolean ownTree = recorded != null && isRecorded(recorded);
        if (ownTree || !child.isAlive() || !taken.add(child.pid())) {
          continue;
        }
        Sparing reason = sparing.judgeAlone(child, false);
        if (reason == null) {
          members.add(child);
          parents.add(child);
        } else if (reason.isKept()) {
          settle(root.name(), new Spared(child, reason));
        } else if (reported.add(child.pid())) {
          spared.add(new ProcessTree.Spared(child, reason.reason()));
        }
      }
    }
    return new ProcessTree(instance, root.name(), root.process(), members, spared, root.reason());
  }

  /// Returns whether a process that appeared in an instance's control group is stopped with its
  /// tree.
  static boolean joins(ProcessTree tree, ProcessView view, ProcessInfo process) {
    TimeEvidence times = new TimeEvidence(tree.instance(), view);
    return times.contradiction(process, false) == null
        && !times.isOlderThanInstance(process)
        && sparingOfNew(tree, view, process) == null;
  }

  /// Returns why a process that appeared below a tree's member is spared; null if it is stopped
  /// with the tree.
  static @Nullable Sparing sparingOfNew(ProcessTree tree, ProcessView view, ProcessInfo process) {
    TimeEvidence times = new TimeEvidence(tree.instance(), view);
    ProcessSparing sparing = new ProcessSparing(tree.instance(), view, Ending.UNSEEN, times);
    if (isNamed(tree.name())) {
      sparing.noteRecorded(tree.root());
    }
    Spared spared = sparing.judge(process, false);
    return spared == null ? null : spared.sparing();
  }
}
