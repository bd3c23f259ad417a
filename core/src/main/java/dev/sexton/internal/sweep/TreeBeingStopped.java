package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.ResourceReport.ProcessReport;
import dev.sexton.ResourceReport.Result;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One tree while it is being stopped: its members so far, those of them that are spared, and what
/// was done to it. For use by one thread at a time.
final class TreeBeingStopped {
  private final ProcessTree tree;
  private final long begunNanos;
  private final Map<Long, ProcessInfo> members = new LinkedHashMap<>();
  private final Map<Long, ProcessTree.Spared> spared = new LinkedHashMap<>();

  /// Processes that appeared below its members and do not belong to the instance.
  private final Map<Long, ProcessInfo> kept = new HashMap<>();

  /// The command lines of its members when they were first asked. Later, they cannot be read.
  private final Map<Long, NamedProcess> named = new LinkedHashMap<>();

  private final Set<NamedProcess> signalled = new LinkedHashSet<>();
  private boolean forced;
  private boolean caught;
  private long endedAfterMillis = -1;

  /// Creates the state of a tree.
  ///
  /// @param begunNanos the time now, by the sweep's clock
  TreeBeingStopped(ProcessTree tree, long begunNanos) {
    this.tree = tree;
    this.begunNanos = begunNanos;
    tree.members().forEach(this::join);
    tree.spared().forEach(one -> spared.put(one.process().pid(), one));
  }

  ProcessTree tree() {
    return tree;
  }

  /// Returns the time at which stopping began, by the sweep's clock.
  long begunNanos() {
    return begunNanos;
  }

  /// Returns a copy of the members, in the order in which they joined.
  List<ProcessInfo> members() {
    return new ArrayList<>(members.values());
  }

  void join(ProcessInfo process) {
    members.put(process.pid(), process);
  }

  /// Notes that a process below its members does not belong to the instance.
  void keep(ProcessInfo process) {
    kept.put(process.pid(), process);
  }

  void spare(ProcessInfo process, String reason) {
    spared.putIfAbsent(process.pid(), new ProcessTree.Spared(process, reason));
  }

  /// Stores the command line of a member.
  void name(NamedProcess process) {
    named.put(process.pid(), process);
  }

  /// Returns the stored command line of a member; null if there is none.
  @Nullable NamedProcess named(ProcessInfo member) {
    NamedProcess known = named.get(member.pid());
    return known != null && known.start().equals(member.start()) ? known : null;
  }

  /// Notes that a process was signalled.
  void signalled(NamedProcess process) {
    signalled.add(process);
  }

  /// Notes that it ignored the request to stop.
  void force() {
    forced = true;
  }

  /// Notes that all named processes were killed without being asked, because they ran away.
  void catchAll() {
    caught = true;
    signalled.addAll(named.values());
  }

  /// Notes when the last member ended. The first call counts.
  void ended(long millis) {
    if (endedAfterMillis < 0) {
      endedAfterMillis = millis;
    }
  }

  /// Returns the members that exist and are not spared.
  List<ProcessInfo> alive(ProcessSnapshot now) {
    List<ProcessInfo> alive = new ArrayList<>();
    for (ProcessInfo member : members.values()) {
      if (!spared.containsKey(member.pid()) && now.isAlive(member)) {
        alive.add(member);
      }
    }
    return alive;
  }

  /// Returns whether a process is a member, spared, or kept.
  boolean isKnown(ProcessInfo process) {
    ProcessInfo known = members.get(process.pid());
    ProcessInfo left = kept.get(process.pid());
    ProcessTree.Spared one = spared.get(process.pid());
    return (known != null && known.sameAs(process))
        || (left != null && left.sameAs(process))
        || (one != null && one.process().sameAs(process));
  }

  /// Returns whether a process is a member that is not spared.
  boolean isToStop(ProcessInfo process) {
    ProcessInfo member = members.get(process.pid());
    return member != null && member.sameAs(process) && !spared.containsKey(process.pid());
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

  /// Returns the outcome.
  ///
  /// @param last the processes after everything was done
  /// @param millis how long stopping has taken until now; counts if a process still exists
  ResourceResult result(ProcessSnapshot last, long millis) {
    List<ProcessInfo> stuck = alive(last);
    List<ProcessTree.Spared> left =
        spared.values().stream().filter(one -> last.isAlive(one.process())).toList();
    List<ProcessInfo> remaining = new ArrayList<>(stuck);
    left.forEach(one -> remaining.add(one.process()));
    Outcome outcome;
    String reason = tree.reason();
    if (!stuck.isEmpty()) {
      outcome = Outcome.FAILED;
      reason =
          "process "
              + stuck.getFirst().pid()
              + " still exists after SIGKILL: it is stuck in the kernel";
    } else if (!left.isEmpty()) {
      outcome = Outcome.DENIED;
      reason =
          "process "
              + left.getFirst().process().pid()
              + " was left alone: "
              + left.getFirst().reason();
    } else {
      outcome = forced || caught ? Outcome.KILLED : Outcome.STOPPED;
      reason = forced && !caught ? reason + "; ignored SIGTERM" : reason;
    }
    return new ResourceResult(
        tree.instance(),
        report(outcome, reason, endedAfterMillis >= 0 ? endedAfterMillis : millis),
        remaining,
        List.copyOf(signalled));
  }

  private ProcessReport report(Outcome outcome, String reason, long millis) {
    Result result = new Result(outcome, reason, millis);
    return new ProcessReport(tree.name(), tree.root().pid(), List.copyOf(members.keySet()), result);
  }
}
