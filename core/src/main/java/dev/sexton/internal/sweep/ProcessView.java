package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ControlGroupReader;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.ProgramInfo;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.process.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A snapshot of the process table with the other data that a plan needs. Data about a process is
/// read once.
final class ProcessView {
  private final ProcessReader table;
  private final ProcessSnapshot snapshot;
  private final SparingContext context;
  private final StartTime since;
  private final Machine here;
  private final boolean wholeMachine;
  private final Map<Long, User> users = new ConcurrentHashMap<>();
  private final Map<Long, InstanceMarker> marks = new ConcurrentHashMap<>();
  private @Nullable Map<String, List<ProcessInfo>> byMark;
  private @Nullable List<ProcessInfo> hidden;

  /// Whether a parent is a user's service manager.
  private final Map<Long, Boolean> managers = new HashMap<>();

  private boolean refreshed;

  ProcessView(ProcessReader table, SparingContext context) {
    this(table, context, StartTime.earliest(table.machine().unit()));
  }

  /// Takes a snapshot.
  ///
  /// @param since markers are looked up for processes that started at this time or later, in the
  ///   table's unit; an older process does not belong to any instance that started after it, and
  ///   checking them all is most of the cost of sweeping a young instance
  ProcessView(ProcessReader table, SparingContext context, StartTime since) {
    this.table = table;
    this.snapshot = table.snapshot();
    this.context = context;
    this.since = since;
    this.here = table.machine(); // After the snapshot, because it describes that.
    this.wholeMachine = table.seesWholeMachine();
  }

  ProcessReader table() {
    return table;
  }

  /// Returns the context that decides whether a process is spared.
  SparingContext context() {
    return context;
  }

  ProcessSnapshot snapshot() {
    return snapshot;
  }

  /// Returns the machine on which the processes run.
  Machine here() {
    return here;
  }

  /// Returns whether these are all processes of the machine.
  boolean isOfWholeMachine() {
    return wholeMachine;
  }

  /// Returns the user of a process; null if it is gone or hidden.
  @Nullable User user(ProcessInfo process) {
    User known = users.get(process.pid());
    if (known == null) {
      known = table.user(process); // Two threads may both read it, which does no harm.
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

  /// Returns whether this process must never be signalled, regardless of any record.
  boolean isProtected(ProcessInfo process) {
    return process.pid() <= 1
        || process.image().kernel()
        || context.protectedPids().contains(process.pid());
  }

  /// Returns the processes that have lost their parents and may carry a marker that cannot be seen.
  synchronized List<ProcessInfo> hidden() {
    List<ProcessInfo> found = hidden;
    if (found == null) {
      found = new ArrayList<>();
      for (ProcessInfo process : snapshot.all()) {
        if (process.isAlive()
            && !process.start().isBefore(since)
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

  /// Returns whether an ending process has released its memory and thus its environment. It then
  /// has no command line and no program either.
  private boolean isEnding(ProcessInfo process) {
    ProgramInfo program = table.program(process.pid());
    return program.arguments().isEmpty() && program.executable().isEmpty();
  }

  /// Returns whether a process is a child of PID 1, or of a user's service manager, because its own
  /// parent has ended.
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

  /// Makes the live instances be read again, once per snapshot.
  synchronized void refreshLive() {
    if (!refreshed) {
      refreshed = true;
      context.live().refresh();
    }
  }

  /// The live members of a control group, as of now.
  ///
  /// @param seen the members that could be inspected, even if they appeared after the snapshot
  /// @param missed whether a member had ended before that; a process that keeps handing over to a
  ///   child and ending is never seen
  /// @param hidden whether a member may be invisible, such as another user's process
  record GroupMembers(List<ProcessInfo> seen, boolean missed, boolean hidden) {}

  /// Lists a control group.
  ///
  /// @param everyone whether to include members of other instances in groups below
  GroupMembers membersOf(String group, boolean everyone) {
    ControlGroupReader groups = table.controlGroups();
    List<ProcessInfo> seen = new ArrayList<>();
    boolean missed = false;
    boolean hidden = false;
    for (long pid : everyone ? groups.everyone(group) : groups.members(group)) {
      ProcessInfo process = pid == ControlGroupReader.UNSEEN ? null : snapshot.find(pid);
      if (pid == ControlGroupReader.UNSEEN) {
        hidden = true;
      } else if (process == null) {
        switch (table.find(pid)) {
          case ProcessLookup.Absent absent -> missed = true;
          case ProcessLookup.Hidden other -> hidden = true;
          case ProcessLookup.Present present -> {
            // Asked after the lookup. A process that has reused the PID since is not in the group,
            // or is not this one.
            process = groups.contains(group, pid) ? present.process() : null;
            missed |= process == null;
          }
        }
      }
      if (process != null && process.isAlive()) {
        seen.add(process);
      } else if (process != null) {
        missed = true; // The kernel lists no zombie, so it has ended since.
      }
    }
    return new GroupMembers(seen, missed, hidden);
  }

  /// Returns the live processes that carry this marker.
  List<ProcessInfo> marked(String mark) {
    return byMark().getOrDefault(mark, List.of());
  }

  private synchronized Map<String, List<ProcessInfo>> byMark() {
    Map<String, List<ProcessInfo>> found = byMark;
    if (found == null) {
      found = new HashMap<>();
      for (ProcessInfo process : snapshot.all()) {
        boolean candidate =
            process.isAlive()
                && !process.start().isBefore(since)
                && !table.isKnownUnmarked(process);
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
