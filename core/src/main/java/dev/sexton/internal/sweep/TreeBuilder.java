package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.sweep.ProcessSparing.Spared;
import dev.sexton.internal.sweep.ProcessTree.Root;
import dev.sexton.internal.sweep.SparingRules.Sparing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Builds the trees to stop: each process found, with its descendants. A process that descends from
/// another is part of that tree.
final class TreeBuilder {
  private final ObservedInstance instance;
  private final ProcessView view;
  private final ProcessSparing sparing;
  private final FoundProcesses found;

  /// The PIDs that are part of a tree.
  private final Set<Long> taken = new HashSet<>();

  /// Creates a builder.
  ///
  /// @param found has the roots of the trees, and receives descendants that are kept
  TreeBuilder(
      ObservedInstance instance, ProcessView view, ProcessSparing sparing, FoundProcesses found) {
    this.instance = instance;
    this.view = view;
    this.sparing = sparing;
    this.found = found;
  }

  /// Returns all trees. Trees of recorded processes, and those below no other root, come first.
  List<ProcessTree> build() {
    List<ProcessTree> trees = new ArrayList<>();
    for (boolean nested : new boolean[] {false, true}) {
      for (Root root : found.roots()) {
        boolean below = !root.isRecorded() && hasAncestorAmongRoots(root.process());
        if (below == nested && taken.add(root.process().pid())) {
          trees.add(grow(root));
        }
      }
    }
    return trees;
  }

  private boolean hasAncestorAmongRoots(ProcessInfo process) {
    Map<Long, Boolean> seen = new HashMap<>();
    ProcessInfo child = process;
    ProcessInfo parent = view.snapshot().find(process.parent());
    while (parent != null
        && !parent.start().isAfter(child.start())
        && seen.put(parent.pid(), true) == null) {
      if (found.root(parent.pid()) != null) {
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

  private ProcessTree grow(Root root) {
    List<ProcessInfo> members = new ArrayList<>(List.of(root.process()));
    List<ProcessTree.Spared> spared = new ArrayList<>();
    Deque<ProcessInfo> parents = new ArrayDeque<>(members);
    while (!parents.isEmpty()) {
      for (ProcessInfo child : view.snapshot().childrenOf(parents.remove())) {
        Root recorded = found.root(child.pid());
        boolean ownTree = recorded != null && recorded.isRecorded();
        if (ownTree || !child.isAlive() || !taken.add(child.pid())) {
          continue;
        }
        Sparing reason = sparing.judgeAlone(child, false);
        if (reason == null) {
          members.add(child);
          parents.add(child);
        } else if (reason.isKept()) {
          found.settle(root.name(), new Spared(child, reason));
        } else if (found.markReported(child)) {
          spared.add(new ProcessTree.Spared(child, reason.reason()));
        }
      }
    }
    return new ProcessTree(instance, root, members, spared);
  }
}
