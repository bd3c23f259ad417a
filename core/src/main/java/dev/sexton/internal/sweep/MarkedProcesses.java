package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessInfo;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds the processes that carry an instance's marker, and reports where such processes may be
/// that cannot be seen.
final class MarkedProcesses {
  /// The name of a process that was found by its marker and not by the record.
  private static final String NAME = "(marked)";

  private final ObservedInstance instance;
  private final ProcessView view;
  private final TimeEvidence times;

  MarkedProcesses(ObservedInstance instance, ProcessView view, TimeEvidence times) {
    this.instance = instance;
    this.view = view;
    this.times = times;
  }

  void addTo(FoundProcesses found) {
    for (ProcessInfo process : view.marked(instance.mark())) {
      found.addFound(process, NAME, "carries the instance's marker");
    }
  }

  /// Reports that marked processes in another container or on the host are invisible in a
  /// container.
  void reportOutOfSight(FoundProcesses found) {
    Machine here = view.here();
    Machine there = times.ownersMachine();
    if (there != null
        && !there.isComparableTo(here)
        && mayBeSame(there.host(), here.host())
        && mayBeSame(there.boot(), here.boot())
        && !view.isOfWholeMachine()) {
      found.settle(
          NAME,
          0,
          Outcome.FAILED,
          "what it started may be running in another PID namespace: sweep there, or on the machine"
              + " itself");
    }
  }

  private static boolean mayBeSame(String part, String other) {
    return part.isEmpty() || other.isEmpty() || part.equals(other);
  }

  /// Reports processes that may be the instance's and cannot be judged. Such a process belongs to
  /// the instance's user, started in its lifetime, lost its parent, and runs in no systemd unit of
  /// its own. Its environment cannot be read or was overwritten, so a marker would not be seen.
  ///
  /// @param trees the trees to stop
  void reportUnreadable(List<ProcessTree> trees, FoundProcesses found) {
    boolean mayHaveMarked =
        instance.record().schema() > 0
            && instance.record().tombstone() == null
            && times.sharesMachine();
    if (!mayHaveMarked) {
      return;
    }
    Set<Long> known = new HashSet<>(found.reported());
    trees.forEach(tree -> tree.members().forEach(member -> known.add(member.pid())));
    for (ProcessInfo process : view.hidden()) {
      if (!known.contains(process.pid())
          && !times.isOlderThanInstance(process)
          && !found.isSpared(process)) {
        found.settle(
            ResourceResult.unclaimed(
                instance,
                NAME,
                process,
                view.mark(process).source() == InstanceMarker.Source.UNREADABLE
                    ? "it started while the server was running, it has lost its parent, and its"
                        + " environment cannot be read: it may belong to the server"
                    : "it started while the server was running, it has lost its parent, and it has"
                        + " overwritten its environment: it may belong to the server"));
      }
    }
  }
}
