package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.sweep.ProcessSparing.Spared;
import dev.sexton.internal.sweep.SparingRules.Sparing;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import org.jspecify.annotations.Nullable;

/// Decides whether processes that appeared after the plan are stopped with a tree. The same rules
/// apply to them as to planned processes.
final class TreeMembership {
  private TreeMembership() {}

  /// Returns whether a process that appeared in an instance's control group is stopped with its
  /// tree.
  static boolean joins(ProcessTree tree, ProcessView view, ProcessInfo process) {
    TimeEvidence times = new TimeEvidence(tree.instance(), view);
    return times.contradiction(process, false) == null
        && !times.isOlderThanInstance(process)
        && sparingOfNew(tree, view, process) == null;
  }

  /// Returns why a process that appeared below a tree's member is spared; null if it is stopped
  /// with the tree.
  static @Nullable Sparing sparingOfNew(ProcessTree tree, ProcessView view, ProcessInfo process) {
    TimeEvidence times = new TimeEvidence(tree.instance(), view);
    ProcessSparing sparing = new ProcessSparing(tree.instance(), view, Ending.UNSEEN, times);
    if (tree.origin().isRecorded()) {
      sparing.noteRecorded(tree.root());
    }
    Spared spared = sparing.judge(process, false);
    return spared == null ? null : spared.sparing();
  }
}
