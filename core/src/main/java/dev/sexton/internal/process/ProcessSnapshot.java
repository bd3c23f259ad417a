package dev.sexton.internal.process;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A snapshot of the process table. Immutable.
public final class ProcessSnapshot {
  private final Map<Long, ProcessInfo> byPid;
  private final Map<Long, List<ProcessInfo>> byParent = new HashMap<>();
  private final Map<Long, List<ProcessInfo>> bySession = new HashMap<>();

  /// Processes that exist but could not be read.
  private final Set<Long> unreadable;

  /// Creates a complete snapshot of these processes.
  public ProcessSnapshot(Collection<ProcessInfo> processes) {
    this(processes, Set.of());
  }

  /// Creates a snapshot of these processes, and of some of which only the process ID could be read.
  public ProcessSnapshot(Collection<ProcessInfo> processes, Set<Long> unreadable) {
    this.unreadable = Set.copyOf(unreadable);
    byPid = HashMap.newHashMap(processes.size());
    for (ProcessInfo process : processes) {
      byPid.put(process.pid(), process);
      byParent.computeIfAbsent(process.parent(), parent -> new ArrayList<>()).add(process);
      bySession.computeIfAbsent(process.session(), session -> new ArrayList<>()).add(process);
    }
  }

  /// Returns whether every existing process could be read.
  public boolean isComplete() {
    return unreadable.isEmpty();
  }

  /// Returns whether there is a process with this ID of which nothing else could be read.
  public boolean isUnreadable(long pid) {
    return unreadable.contains(pid);
  }

  /// Returns all processes, in no particular order.
  public Collection<ProcessInfo> all() {
    return byPid.values();
  }

  /// Returns the process with this ID, or null if there is none.
  public @Nullable ProcessInfo find(long pid) {
    return byPid.get(pid);
  }

  /// Returns the same process as of this snapshot, or null if it is gone. A zombie is not gone.
  public @Nullable ProcessInfo current(ProcessInfo process) {
    ProcessInfo now = byPid.get(process.pid());
    return now != null && now.sameAs(process) ? now : null;
  }

  /// Returns whether the process is neither gone nor a zombie.
  public boolean isAlive(ProcessInfo process) {
    ProcessInfo now = current(process);
    return now != null && now.isAlive();
  }

  /// Returns a process's children. One that is older than its parent is not a child: the table
  /// changed while it was read.
  public List<ProcessInfo> childrenOf(ProcessInfo parent) {
    List<ProcessInfo> children = new ArrayList<>();
    for (ProcessInfo child : byParent.getOrDefault(parent.pid(), List.of())) {
      if (!child.start().isBefore(parent.start()) && child.pid() != parent.pid()) {
        children.add(child);
      }
    }
    return children;
  }

  /// Returns every living descendant of a process, at any depth.
  ///
  /// @param closed processes that are left out with all their descendants
  public List<ProcessInfo> descendantsOf(ProcessInfo ancestor, Predicate<ProcessInfo> closed) {
    List<ProcessInfo> found = new ArrayList<>();
    Set<Long> seen = new HashSet<>(Set.of(ancestor.pid()));
    Deque<ProcessInfo> parents = new ArrayDeque<>(List.of(ancestor));
    while (!parents.isEmpty()) {
      for (ProcessInfo child : childrenOf(parents.remove())) {
        if (seen.add(child.pid()) && !closed.test(child)) {
          parents.add(child);
          if (child.isAlive()) {
            found.add(child);
          }
        }
      }
    }
    return found;
  }

  /// Returns the living members of a session, by the process ID of its leader, which may be gone.
  public List<ProcessInfo> sessionOf(long leader) {
    List<ProcessInfo> members = new ArrayList<>();
    for (ProcessInfo process : bySession.getOrDefault(leader, List.of())) {
      if (leader > 1 && process.isAlive()) {
        members.add(process);
      }
    }
    return members;
  }
}
