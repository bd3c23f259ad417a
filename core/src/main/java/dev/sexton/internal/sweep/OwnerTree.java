package dev.sexton.internal.sweep;

import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.record.InstanceRecord;
import java.util.List;

/// The processes below an owner, looked up before it is asked to end.
public final class OwnerTree {
  private OwnerTree() {}

  /// Returns every living process below the owner of an instance. A program that is kept, or a
  /// process that opted out, is left out with all that is below it: once it has ended by itself,
  /// nothing else would tell that its children were kept.
  ///
  /// @param owner the owner's process, which is still there
  /// @param keep tells which programs are kept
  public static List<ProcessInfo> below(
      ProcessTable processes, ProcessInfo owner, InstanceRecord record, KeepSource keep) {
    ProcessSnapshot snapshot = processes.snapshot();
    List<ProcessInfo> all = snapshot.descendantsOf(owner, process -> false);
    if (all.isEmpty()) {
      return all;
    }
    KeepList list = keep.list().forInstance(record.keep());
    return snapshot.descendantsOf(
        owner, process -> isKept(process, processes.mark(process), processes, record, list));
  }

  /// Whether a process below the owner of an instance is a program that is kept, or opted out.
  ///
  /// @param mark what its environment says
  /// @param list the programs that a sweep of the instance keeps
  public static boolean isKept(
      ProcessInfo process,
      InstanceMarker mark,
      ProcessTable processes,
      InstanceRecord record,
      KeepList list) {
    boolean optsOut = mark.keep() && !record.surroundings().optedOut();
    return optsOut || list.reason(processes.program(process.pid())) != null;
  }
}
