package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.ResourceReport;
import dev.sexton.internal.process.ControlGroups;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.Signal;
import dev.sexton.internal.process.SignalResult;
import dev.sexton.internal.sweep.ProcessView.GroupMembers;
import dev.sexton.internal.sweep.SparingRules.Sparing;
import dev.sexton.internal.sweep.SweepRequest.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Stops process trees: asks all of them, waits for all at once, forces those that are left, and
/// reports the outcome of each. Processes that a tree forks meanwhile are stopped with it.
final class ProcessTreeStopper {
  /// How long a process may take to disappear after SIGKILL before it counts as stuck.
  private static final Duration STUCK = Duration.ofSeconds(5);

  /// The first and the longest pause between two scans of the process table.
  private static final long FIRST_PAUSE_NANOS = 1_000_000;

  private static final long LONGEST_PAUSE_NANOS = 100_000_000;

  /// The maximum number of holds. A tree that still forks after that is forced as it is.
  private static final int HOLDS = 10;

  private final Ports ports;
  private final ProcessTable table;
  private final Progress progress;
  private final Journal journal;
  private final SparingContext context;
  private final List<TreeBeingStopped> trees = new ArrayList<>();

  /// One tree while it is being stopped.
  private final class TreeBeingStopped {
    final ProcessTree tree;
    final Map<Long, ProcessInfo> members = new LinkedHashMap<>();
    final Map<Long, ProcessTree.Spared> spared = new LinkedHashMap<>();

    /// Processes that appeared below its members and do not belong to the instance.
    final Map<Long, ProcessInfo> kept = new HashMap<>();

    /// The command lines of its members when they were first asked. Later, they cannot be read.
    final Map<Long, NamedProcess> named = new LinkedHashMap<>();

    final Set<NamedProcess> signalled = new LinkedHashSet<>();
    final long begun = ports.clock().nanoTime();
    boolean forced;

    /// Whether it was killed without being asked, because it ran away.
    boolean caught;

    long endedAfterMillis = -1;

    TreeBeingStopped(ProcessTree tree) {
      this.tree = tree;
      tree.members().forEach(member -> members.put(member.pid(), member));
      tree.spared().forEach(one -> spared.put(one.process().pid(), one));
    }

    List<ProcessInfo> alive(ProcessSnapshot now) {
      List<ProcessInfo> alive = new ArrayList<>();
      for (ProcessInfo member : members.values()) {
        if (!spared.containsKey(member.pid()) && now.isAlive(member)) {
          alive.add(member);
        }
      }
      return alive;
    }

    /// Returns whether the session with this ID is still the one that a member, now gone, led. This
    /// holds if a known process was in it all the time. The kernel does not reuse the ID while a
    /// member lives. But if all members end between two scans, an unrelated process may get the ID,
    /// lead a session, and end.
    boolean isHeldOpen(long session, ProcessSnapshot now) {
      return members.values().stream().anyMatch(member -> isIn(session, now.current(member)))
          || spared.values().stream().anyMatch(one -> isIn(session, now.current(one.process())));
    }

    private static boolean isIn(long session, @Nullable ProcessInfo process) {
      return process != null && process.session() == session;
    }

    void spare(ProcessInfo process, String reason) {
      spared.putIfAbsent(process.pid(), new ProcessTree.Spared(process, reason));
    }
  }

  ProcessTreeStopper(Ports ports, SparingContext context, Progress progress) {
    this.ports = ports;
    this.table = ports.processes();
    this.journal = new Journal(table);
    this.context = context;
    this.progress = progress;
  }

  /// Asks these trees to stop. They were seen a moment ago. Each process is checked once more.
  void ask(Collection<ProcessTree> toStop) {
    List<TreeBeingStopped> asked = toStop.stream().map(TreeBeingStopped::new).toList();
    trees.addAll(asked);
    journal.signalling(
        Parallel.map(
            ports.workers(), asked, stopping -> naming(stopping, stopping.tree.members())));
    for (TreeBeingStopped stopping : asked) {
      stopping.tree.members().forEach(member -> ask(stopping, member));
    }
  }

  /// Returns whether there is anything to wait for.
  boolean hasAsked() {
    return !trees.isEmpty();
  }

  /// Notes the identity of these processes before they are signalled.
  private Journal.Signalling naming(TreeBeingStopped stopping, List<ProcessInfo> members) {
    List<NamedProcess> processes = new ArrayList<>();
    for (ProcessInfo member : members) {
      NamedProcess process = NamedProcess.of(table, member);
      stopping.named.put(member.pid(), process);
      processes.add(process);
    }
    ProcessTree tree = stopping.tree;
    return new Journal.Signalling(
        Journal.Subject.of(tree.instance()),
        tree.name(),
        tree.root().pid(),
        tree.reason(),
        processes);
  }

  /// Waits until the processes that were asked have ended, forces the others, and returns the
  /// outcome of each tree.
  ///
  /// @param deadline when they are forced, in nanoseconds of the sweep's clock
  /// @param isRunningAway whether they were asked often, and had forked new processes each time
  List<ResourceResult> finish(long deadline, boolean isRunningAway) {
    ProcessSnapshot asked = await(deadline, true);
    ProcessSnapshot last = isAnyAlive(asked) || isRunningAway ? force() : asked;
    return trees.stream().map(stopping -> settle(stopping, last)).toList();
  }

  private void ask(TreeBeingStopped stopping, ProcessInfo member) {
    if (signal(stopping, member, Signal.TERM) && member.state() == ProcessInfo.State.STOPPED) {
      signal(stopping, member, Signal.CONT); // A stopped process does nothing until it continues.
    }
  }

  private boolean signal(TreeBeingStopped stopping, ProcessInfo member, Signal signal) {
    SignalResult result = table.signal(member, signal);
    if (result == SignalResult.DENIED) {
      stopping.spare(member, "not permitted to signal it");
    } else if (result == SignalResult.SENT) {
      NamedProcess named = stopping.named.get(member.pid());
      boolean known = named != null && named.start() == member.start();
      stopping.signalled.add(known ? named : NamedProcess.of(table, member));
    }
    return result == SignalResult.SENT;
  }

  private boolean isAnyAlive(ProcessSnapshot now) {
    return trees.stream().anyMatch(stopping -> !stopping.alive(now).isEmpty());
  }

  /// Waits until all trees have ended or the deadline has passed, and returns the last snapshot. A
  /// process needs a moment after it was asked, and most need no more. So the first check follows
  /// the first pause.
  private ProcessSnapshot await(long deadline, boolean asking) {
    long pause = FIRST_PAUSE_NANOS;
    sleep(pause, deadline);
    while (true) {
      long before = ports.clock().nanoTime();
      ProcessView view = new ProcessView(table, context);
      int left = 0;
      for (TreeBeingStopped stopping : trees) {
        for (ProcessInfo grown : grow(stopping, view)) {
          if (asking) {
            ask(stopping, grown);
          } else {
            signal(stopping, grown, Signal.KILL);
          }
        }
        int alive = stopping.alive(view.snapshot()).size();
        if (alive == 0 && stopping.endedAfterMillis < 0) {
          stopping.endedAfterMillis = millisSince(stopping.begun);
        }
        left += alive;
      }
      long now = ports.clock().nanoTime();
      if (left == 0 || now >= deadline) {
        return view.snapshot();
      }
      progress.waiting(left, Duration.ofNanos(asking ? deadline - now : 0));
      // Scanning the table must stay cheap compared with waiting for it.
      sleep(Math.max(pause, 4 * (now - before)), deadline);
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
  }

  private void sleep(long nanos, long deadline) {
    long left = Math.max(1, deadline - ports.clock().nanoTime());
    ports.clock().sleep(Duration.ofNanos(Math.min(nanos, left)));
  }

  /// Adds processes that a tree's members have forked since, and those that joined their own
  /// sessions.
  private List<ProcessInfo> grow(TreeBeingStopped stopping, ProcessView view) {
    List<ProcessInfo> grown = new ArrayList<>();
    List<ProcessInfo> parents = new ArrayList<>(stopping.members.values());
    for (int i = 0; i < parents.size(); i++) {
      ProcessInfo parent = parents.get(i);
      for (ProcessInfo candidate : candidates(stopping, parent, view.snapshot())) {
        if (!candidate.isAlive() || isKnown(candidate)) {
          continue;
        }
        view.refreshLive(); // It appeared after the instances were read.
        Sparing sparing = TreeMembership.sparingOfNew(stopping.tree, view, candidate);
        if (sparing == null) {
          stopping.members.put(candidate.pid(), candidate);
          parents.add(candidate);
          grown.add(candidate);
        } else if (sparing.isKept()) {
          stopping.kept.put(candidate.pid(), candidate); // The next plan reports it.
        } else {
          stopping.spare(candidate, sparing.reason());
        }
      }
    }
    if (!grown.isEmpty()) {
      journal.signalling(List.of(naming(stopping, grown)));
    }
    return grown;
  }

  private static List<ProcessInfo> candidates(
      TreeBeingStopped stopping, ProcessInfo parent, ProcessSnapshot now) {
    List<ProcessInfo> candidates = new ArrayList<>();
    ProcessInfo current = now.current(parent);
    if (current != null) {
      candidates.addAll(now.childrenOf(current));
    }
    long session = current == null ? parent.session() : current.session();
    if (session == parent.pid() && (current != null || stopping.isHeldOpen(session, now))) {
      candidates.addAll(now.sessionOf(session));
    }
    return candidates;
  }

  private boolean isKnown(ProcessInfo process) {
    for (TreeBeingStopped stopping : trees) {
      ProcessInfo known = stopping.members.get(process.pid());
      ProcessInfo kept = stopping.kept.get(process.pid());
      ProcessTree.Spared spared = stopping.spared.get(process.pid());
      if ((known != null && known.sameAs(process))
          || (kept != null && kept.sameAs(process))
          || (spared != null && spared.process().sameAs(process))) {
        return true;
      }
    }
    return false;
  }

  /// Suspends the remaining processes, so that they can no longer fork, kills all of them at once,
  /// and waits. Returns the last snapshot.
  private ProcessSnapshot force() {
    ProcessView view = new ProcessView(table, context);
    Map<TreeBeingStopped, List<ProcessInfo>> remaining = new LinkedHashMap<>();
    for (TreeBeingStopped stopping : trees) {
      List<ProcessInfo> alive = stopping.alive(view.snapshot());
      if (!alive.isEmpty()) {
        stopping.forced = true;
        remaining.put(stopping, alive);
      }
    }
    remaining.forEach(
        (stopping, alive) -> alive.forEach(member -> table.signal(member, Signal.STOP)));
    for (int hold = 0; hold < HOLDS && !remaining.isEmpty(); hold++) {
      ProcessView held = new ProcessView(table, context);
      boolean grew = false;
      for (Map.Entry<TreeBeingStopped, List<ProcessInfo>> entry : remaining.entrySet()) {
        for (ProcessInfo grown : grow(entry.getKey(), held)) {
          table.signal(grown, Signal.STOP);
          entry.getValue().add(grown);
          grew = true;
        }
      }
      if (!grew) {
        break;
      }
    }
    killGroups();
    ProcessSnapshot left = table.snapshot();
    for (TreeBeingStopped stopping : trees) { // Includes any that joined during the group checks.
      stopping.alive(left).forEach(member -> signal(stopping, member, Signal.KILL));
    }
    return await(ports.clock().nanoTime() + STUCK.toNanos(), false);
  }

  /// Kills the control groups of instances as a whole, so that no process escapes by forking.
  /// Applies only if everything in a group is to be stopped. The later signals then find no
  /// process.
  private void killGroups() {
    Map<String, TreeBeingStopped> groups = new LinkedHashMap<>();
    for (TreeBeingStopped stopping : trees) {
      String group = stopping.tree.instance().controlGroup();
      if (group != null) {
        groups.putIfAbsent(group, stopping);
      }
    }
    groups.forEach(this::killGroup);
  }

  private void killGroup(String group, TreeBeingStopped stopping) {
    // First without a hold: no foreign process may be suspended, not even for a moment.
    if (isAllToStop(group, stopping, false)) {
      hold(group, () -> isAllToStop(group, stopping, true));
    }
  }

  /// Freezes a control group, and kills everything in it if the condition then holds.
  private void hold(String group, BooleanSupplier ours) {
    ControlGroups groups = table.controlGroups();
    try {
      if (groups.freeze(group, true) && ours.getAsBoolean()) {
        groups.kill(group);
      }
    } finally {
      groups.freeze(group, false);
    }
  }

  /// Stops processes in an instance's control group that hand over to a child before they can be
  /// asked. They are inspected while the group is frozen.
  void catchRunaways(ObservedInstance instance) {
    String group = instance.controlGroup();
    if (group != null && areOwn(instance, table.controlGroups().everyone(group))) {
      hold(group, () -> isCaught(instance, group));
    }
  }

  /// Returns whether no visible process in a group of the instance must be left alone.
  private boolean areOwn(ObservedInstance instance, Set<Long> pids) {
    ProcessView view = new ProcessView(table, context);
    return pids.stream()
        .map(view.snapshot()::find)
        .filter(Objects::nonNull)
        .allMatch(one -> TreeMembership.joins(runaway(instance, List.of(one)), view, one));
  }

  private boolean isCaught(ObservedInstance instance, String group) {
    ProcessView view = new ProcessView(table, context);
    view.refreshLive();
    GroupMembers found = view.membersOf(group, true);
    List<ProcessInfo> members = found.seen();
    if (members.isEmpty() || found.missed() || found.hidden()) {
      return false;
    }
    ProcessTree tree = runaway(instance, members);
    if (!members.stream().allMatch(one -> TreeMembership.joins(tree, view, one))) {
      return false;
    }
    TreeBeingStopped stopping = new TreeBeingStopped(tree);
    trees.add(stopping);
    journal.signalling(List.of(naming(stopping, members)));
    stopping.caught = true;
    stopping.signalled.addAll(stopping.named.values());
    return true;
  }

  private static ProcessTree runaway(ObservedInstance instance, List<ProcessInfo> members) {
    return new ProcessTree(
        instance,
        ControlGroupMembers.NAME,
        members.getFirst(),
        members,
        List.of(),
        ControlGroupMembers.REASON + ", and kept forking new processes");
  }

  /// Returns whether all members of a control group are being stopped. A new member that is part of
  /// a tree of its instance is added to it.
  ///
  /// @param isHeld whether the group is frozen, so that every member can be inspected
  private boolean isAllToStop(String group, TreeBeingStopped stopping, boolean isHeld) {
    ProcessView view = new ProcessView(table, context);
    List<ProcessInfo> grown = new ArrayList<>();
    GroupMembers members = view.membersOf(group, true);
    boolean all = !members.hidden() && !(isHeld && members.missed());
    for (ProcessInfo process : members.seen()) {
      if (!isKnown(process)) {
        view.refreshLive();
        if (TreeMembership.joins(stopping.tree, view, process)) {
          stopping.members.put(process.pid(), process);
          grown.add(process);
        }
      }
      all &= isToStop(process);
    }
    if (!grown.isEmpty()) {
      journal.signalling(List.of(naming(stopping, grown)));
    }
    return all;
  }

  private boolean isToStop(ProcessInfo process) {
    return trees.stream()
        .anyMatch(stopping -> {
          ProcessInfo member = stopping.members.get(process.pid());
          return member != null
              && member.sameAs(process)
              && !stopping.spared.containsKey(process.pid());
        });
  }

  private ResourceResult settle(TreeBeingStopped stopping, ProcessSnapshot last) {
    ProcessTree tree = stopping.tree;
    List<ProcessInfo> stuck = stopping.alive(last);
    List<ProcessTree.Spared> spared =
        stopping.spared.values().stream().filter(one -> last.isAlive(one.process())).toList();
    List<ProcessInfo> remaining = new ArrayList<>(stuck);
    spared.forEach(one -> remaining.add(one.process()));
    Outcome outcome;
    String reason = tree.reason();
    if (!stuck.isEmpty()) {
      outcome = Outcome.FAILED;
      reason =
          "process "
              + stuck.getFirst().pid()
              + " still exists after SIGKILL: it is stuck in the kernel";
    } else if (!spared.isEmpty()) {
      outcome = Outcome.DENIED;
      reason =
          "process "
              + spared.getFirst().process().pid()
              + " was left alone: "
              + spared.getFirst().reason();
    } else {
      outcome = stopping.forced || stopping.caught ? Outcome.KILLED : Outcome.STOPPED;
      reason = stopping.forced && !stopping.caught ? reason + "; ignored SIGTERM" : reason;
    }
    long millis =
        stopping.endedAfterMillis >= 0 ? stopping.endedAfterMillis : millisSince(stopping.begun);
    List<Long> pids = List.copyOf(stopping.members.keySet());
    return new ResourceResult(
        tree.instance(),
        new ResourceReport(
            ResourceKind.PROCESS,
            tree.name(),
            tree.root().pid(),
            pids,
            null,
            outcome,
            reason,
            millis),
        remaining,
        List.copyOf(stopping.signalled));
  }

  private long millisSince(long nanos) {
    return Duration.ofNanos(ports.clock().nanoTime() - nanos).toMillis();
  }
}
