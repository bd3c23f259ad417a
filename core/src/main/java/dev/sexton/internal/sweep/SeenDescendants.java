package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.sweep.SweepRequest.Ending;

/// Finds processes that were seen below the owner before it was asked to stop. They may have left
/// its tree, its session and its environment since.
final class SeenDescendants {
  private final ProcessView view;
  private final Ending ending;

  SeenDescendants(ProcessView view, Ending ending) {
    this.view = view;
    this.ending = ending;
  }

  void addTo(FoundProcesses found) {
    for (ProcessInfo seen : ending.descendants()) {
      ProcessInfo process = view.snapshot().current(seen);
      if (process != null && process.isAlive()) {
        found.addFound(process, InstanceRecord.DESCENDANT, "was seen below its owner");
      }
    }
  }
}
