package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ControlGroups;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.sweep.ProcessView.GroupMembers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// Kills the control groups of instances as a whole, so that no process escapes by forking. Applies
/// only if everything in a group is to be stopped.
final class ControlGroupKiller {
  private final ProcessTable table;
  private final SparingContext context;
  private final TreesBeingStopped trees;

  ControlGroupKiller(ProcessTable table, SparingContext context, TreesBeingStopped trees) {
    this.table = table;
    this.context = context;
    this.trees = trees;
  }

  /// Kills the groups of all trees. Later signals to their members then find no process.
  void killGroups() {
    Map<String, TreeBeingStopped> groups = new LinkedHashMap<>();
    for (TreeBeingStopped stopping : trees.all()) {
      String group = stopping.tree().instance().controlGroup();
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
      if (!trees.isKnown(process)) {
        view.refreshLive();
        if (TreeMembership.joins(stopping.tree(), view, process)) {
          stopping.join(process);
          grown.add(process);
        }
      }
      all &= trees.isToStop(process);
    }
    trees.announce(stopping, grown);
    return all;
  }

  /// Kills processes in an instance's control group that hand over to a child before they can be
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
    trees.add(List.of(tree)).getFirst().catchAll();
    return true;
  }

  private static ProcessTree runaway(ObservedInstance instance, List<ProcessInfo> members) {
    ProcessTree.Root root =
        new ProcessTree.Root(
            members.getFirst(),
            ControlGroupMembers.NAME,
            ControlGroupMembers.REASON + ", and kept forking new processes");
    return new ProcessTree(instance, root, members, List.of());
  }
}
