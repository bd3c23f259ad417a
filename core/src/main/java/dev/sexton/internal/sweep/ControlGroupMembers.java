package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;

/// Finds the members of the control group that only one instance used.
final class ControlGroupMembers {
  /// The name of a process that was found in the instance's control group.
  static final String NAME = "(group)";

  /// The reason why such a process is known to be the instance's.
  static final String REASON = "is in the instance's control group";

  private final ObservedInstance instance;
  private final ProcessView view;

  ControlGroupMembers(ObservedInstance instance, ProcessView view) {
    this.instance = instance;
    this.view = view;
  }

  /// Adds the members, and returns whether a member had ended before it was inspected.
  boolean addTo(FoundProcesses found) {
    String group = instance.controlGroup();
    if (group == null) {
      return false;
    }
    ProcessView.GroupMembers members = view.membersOf(group, false);
    for (ProcessInfo process : members.seen()) {
      found.addFound(process, NAME, REASON);
    }
    return members.missed() && !members.hidden();
  }
}
