package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ControlGroups;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.ProgramInfo;
import dev.sexton.internal.process.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The process table at one moment with what a plan needs to know beyond it. What is read of a
 * process is read once.
 */
final class ProcessView {
  private final ProcessTable table;
  private final ProcessSnapshot snapshot;
  private final SparingContext context;
  private final long since;
  private final Machine here;
  private final boolean wholeMachine;
  private final Map<Long, User> users = new ConcurrentHashMap<>();
  private final Map<Long, InstanceMarker> marks = new ConcurrentHashMap<>();
  private @Nullable Map<String, List<ProcessInfo>> byMark;
  private @Nullable List<ProcessInfo> hidden;

  /// Whether a parent is a user's service manager.
  private final Map<Long, Boolean> managers = new HashMap<>();

  private boolean refreshed;

  ProcessView(ProcessTable table, SparingContext context) {
    this(table, context, Long.MIN_VALUE);
  }

  /**
   * As it is now.
   *
   * @param since marks are looked for on processes that started then or later, in the table's unit:
   *     an older one is nobody's whose instance started after that, and to look at all of them is
   *     most of what a sweep of a young instance costs
   */
  ProcessView(ProcessTable table, SparingContext context, long since) {
    this.table = table;
    this.snapshot = table.snapshot();
    this.context = context;
    this.since = since;
    this.here = table.machine(); // After the snapshot, for it is about that.
    this.wholeMachine = table.seesWholeMachine();
  }

  ProcessTable table() {
    return table;
  }

  /// What decides whether a process is spared.
  SparingContext context() {
    return context;
  }

  ProcessSnapshot snapshot() {
    return snapshot;
  }

  /// Returns the machine that the processes run on.
  Machine here() {
    return here;
  }

  /// Whether these are all processes of the machine.
  boolean isOfWholeMachine() {
    return wholeMachine;
  }

  /** Who runs a process; null if it is gone or hidden. */
  @Nullable User user(ProcessInfo process) {
    User known = users.get(process.pid());
    if (known == null) {
      known = table.user(process); // By two threads at once it is read twice: that does no harm.
      if (known != null) {
        users.put(process.pid(), known);
      }
    }
    return known;
  }

  InstanceMarker mark(ProcessInfo process) {
    InstanceMarker known = marks.get(process.pid());
    if (known == null) {
      known = table.mark(process);
      marks.put(process.pid(), known);
    }
    return known;
  }

  /** Whether this process must never be signalled, whatever a record says. */
  boolean isProtected(ProcessInfo process) {
    return process.pid() <= 1
        || process.kernel()
        || context.protectedPids().contains(process.pid());
  }

  /// Returns the processes that have lost their parents and may carry a mark that cannot be seen.
  synchronized List<ProcessInfo> hidden() {
    List<ProcessInfo> found = hidden;
    if (found == null) {
      found = new ArrayList<>();
      for (ProcessInfo process : snapshot.all()) {
        if (process.isAlive()
            && process.start() >= since
            && hasLostItsParent(process)
            && mark(process).mayBeHidden()
            && !isEnding(process)) {
          found.add(process);
        }
      }
      hidden = found;
    }
    return found;
  }

  /// Whether a process has given back its memory, and with it its environment, on its way to its
  /// end: then it has no command line and no program either.
  private boolean isEnding(ProcessInfo process) {
    ProgramInfo program = table.program(process.pid());
    return program.arguments().isEmpty() && program.executable().isEmpty();
  }

  /// Whether a process is the child of the first process, or of a user's service manager, because
  /// its own parent has ended.
  private boolean hasLostItsParent(ProcessInfo process) {
    if (process.parent() == 1) {
      return true;
    }
    ProcessInfo parent = snapshot.find(process.parent());
    return parent != null
        && parent.pid() > 1
        && managers.computeIfAbsent(
            parent.pid(), pid -> table.program(pid).title().equals("systemd"));
  }

  /// Has the instances that live read again, once for this look at the processes.
  synchronized void refreshLive() {
    if (!refreshed) {
      refreshed = true;
      context.live().refresh();
    }
  }

  /// The living members of a control group, as of now.
  ///
  /// @param seen those that could be looked at, also if they came after the other processes
  /// @param missed whether one of them had ended before that: what hands on to a child and ends,
  ///   over and over, is never seen
  /// @param hidden whether one of them may not be seen, such as another user's
  record GroupMembers(List<ProcessInfo> seen, boolean missed, boolean hidden) {}

  /// Lists a control group.
  ///
  /// @param everyone whether with those of other instances in groups below
  GroupMembers membersOf(String group, boolean everyone) {
    ControlGroups groups = table.controlGroups();
    List<ProcessInfo> seen = new ArrayList<>();
    boolean missed = false;
    boolean hidden = false;
    for (long pid : everyone ? groups.everyone(group) : groups.members(group)) {
      ProcessInfo process = pid == ControlGroups.UNSEEN ? null : snapshot.find(pid);
      if (pid == ControlGroups.UNSEEN) {
        hidden = true;
      } else if (process == null) {
        switch (table.find(pid)) {
          case ProcessLookup.Absent absent -> missed = true;
          case ProcessLookup.Hidden other -> hidden = true;
          case ProcessLookup.Present present -> {
            // Asked after that: whoever has got the number since is not in the group, or is not
            // this.
            process = groups.contains(group, pid) ? present.process() : null;
            missed |= process == null;
          }
        }
      }
      if (process != null && process.isAlive()) {
        seen.add(process);
      }
    }
    return new GroupMembers(seen, missed, hidden);
  }

  /** The living processes that carry this mark. */
  List<ProcessInfo> marked(String mark) {
    return byMark().getOrDefault(mark, List.of());
  }

  private synchronized Map<String, List<ProcessInfo>> byMark() {
    Map<String, List<ProcessInfo>> found = byMark;
    if (found == null) {
      found = new HashMap<>();
      for (ProcessInfo process : snapshot.all()) {
        boolean candidate =
            process.isAlive() && process.start() >= since && !table.isKnownUnmarked(process);
        String instance = candidate ? mark(process).instance() : null;
        if (instance != null) {
          found.computeIfAbsent(instance, key -> new ArrayList<>()).add(process);
        }
      }
      byMark = found;
    }
    return found;
  }
}
