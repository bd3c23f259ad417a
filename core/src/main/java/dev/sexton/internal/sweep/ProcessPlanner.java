package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Plans which processes of a dead instance to stop: recorded processes, members of its control
/// group, processes with its marker, processes that were seen below its owner, and members of its
/// owner's session, each with all its descendants. If two pieces of evidence disagree, the one that
/// spares the process wins. Changes nothing.
final class ProcessPlanner {
  /// The plan for the processes of one instance.
  ///
  /// @param trees the trees to stop
  /// @param settled the resources with nothing to stop
  /// @param runaway the instance, if all that is left of it are processes that end before they can
  ///   be inspected
  record Plan(
      List<ProcessTree> trees, List<ResourceResult> settled, @Nullable ObservedInstance runaway) {}

  private ProcessPlanner() {}

  /// Returns the plan for one instance. Finds processes by one kind of evidence after the other;
  /// each is spared or becomes a root. Then orders the roots and their descendants as trees.
  ///
  /// @param ending the known facts about its end
  /// @param firstSeen the processes that this sweep found under bare PIDs in the record, by name;
  ///   the first check adds to it and binds the later ones
  static Plan plan(
      ObservedInstance instance,
      ProcessView view,
      Ending ending,
      Map<String, ProcessInfo> firstSeen) {
    TimeEvidence times = new TimeEvidence(instance, view);
    ProcessSparing sparing = new ProcessSparing(instance, view, ending, times);
    FoundProcesses found = new FoundProcesses(instance, times, sparing);
    MarkedProcesses marked = new MarkedProcesses(instance, view, times);

    // Recorded processes first: they change how the processes below them are judged.
    new RecordedProcesses(instance, view, times, firstSeen).addTo(found);
    marked.reportOutOfSight(found);
    boolean missed = new ControlGroupMembers(instance, view).addTo(found);
    new SeenDescendants(view, ending).addTo(found);
    marked.addTo(found);
    new SessionMembers(instance, view, times, ending).addTo(found);

    List<ProcessTree> trees = new TreeBuilder(instance, view, sparing, found).build();
    marked.reportUnreadable(trees, found);
    boolean isRunningAway = missed && trees.isEmpty();
    return new Plan(trees, found.settled(), isRunningAway ? instance : null);
  }
}
