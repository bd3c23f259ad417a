package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.sweep.SparingRules.Sparing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// All trees that one stopper stops. Adds processes that appear meanwhile to the tree they belong
/// to, and names all processes in the journal before they are signalled.
final class TreesBeingStopped {
  private final Ports ports;
  private final ProcessReader table;
  private final Journal journal;
  private final List<TreeBeingStopped> trees = new ArrayList<>();

  TreesBeingStopped(Ports ports) {
    this.ports = ports;
    this.table = ports.processes();
    this.journal = new Journal(table);
  }

  List<TreeBeingStopped> all() {
    return trees;
  }

  boolean isEmpty() {
    return trees.isEmpty();
  }

  /// Adds trees, names their processes in the journal, and returns the added ones.
  List<TreeBeingStopped> add(Collection<ProcessTree> planned) {
    List<TreeBeingStopped> added =
        planned.stream().map(tree -> new TreeBeingStopped(tree, ports.clock().nanoTime())).toList();
    trees.addAll(added);
    journal.signalling(
        Parallel.map(
            ports.workers(), added, stopping -> naming(stopping, stopping.tree().members())));
    return added;
  }

  /// Notes the identity of these processes before they are signalled.
  private Journal.Signalling naming(TreeBeingStopped stopping, List<ProcessInfo> members) {
    List<NamedProcess> processes = new ArrayList<>();
    for (ProcessInfo member : members) {
      NamedProcess process = NamedProcess.of(table, member);
      stopping.name(process);
      processes.add(process);
    }
    ProcessTree tree = stopping.tree();
    return new Journal.Signalling(
        JournalSubject.of(tree.instance()),
        tree.name(),
        tree.root().pid(),
        tree.reason(),
        processes);
  }

  /// Names new members of a tree in the journal.
  void announce(TreeBeingStopped stopping, List<ProcessInfo> grown) {
    if (!grown.isEmpty()) {
      journal.signalling(List.of(naming(stopping, grown)));
    }
  }

  boolean isAnyAlive(ProcessSnapshot now) {
    return trees.stream().anyMatch(stopping -> !stopping.alive(now).isEmpty());
  }

  /// Returns whether a process is part of any tree, or was decided not to be.
  boolean isKnown(ProcessInfo process) {
    return trees.stream().anyMatch(stopping -> stopping.isKnown(process));
  }

  /// Returns whether a process is being stopped with any tree.
  boolean isToStop(ProcessInfo process) {
    return trees.stream().anyMatch(stopping -> stopping.isToStop(process));
  }

  /// Adds processes that a tree's members have forked since, and those that joined their own
  /// sessions. Returns them.
  List<ProcessInfo> grow(TreeBeingStopped stopping, ProcessView view) {
    List<ProcessInfo> grown = new ArrayList<>();
    List<ProcessInfo> parents = stopping.members();
    for (int i = 0; i < parents.size(); i++) {
      ProcessInfo parent = parents.get(i);
      for (ProcessInfo candidate : candidates(stopping, parent, view.snapshot())) {
        if (!candidate.isAlive() || isKnown(candidate)) {
          continue;
        }
        view.refreshLive(); // It appeared after the instances were read.
        Sparing sparing = TreeMembership.sparingOfNew(stopping.tree(), view, candidate);
        if (sparing == null) {
          stopping.join(candidate);
          parents.add(candidate);
          grown.add(candidate);
        } else if (sparing.isKept()) {
          stopping.keep(candidate); // The next plan reports it.
        } else {
          stopping.spare(candidate, sparing.reason());
        }
      }
    }
    announce(stopping, grown);
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
}
