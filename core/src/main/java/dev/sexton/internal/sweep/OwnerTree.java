package dev.sexton.internal.sweep;

import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.record.InstanceRecord;
import java.util.List;

/// Looks up the processes below an owner before it is asked to stop.
public final class OwnerTree {
  private OwnerTree() {}

  /// Returns every live process below the owner of an instance. A program that is kept, or a
  /// process that opted out, is left out with everything below it. Once it has ended by itself,
  /// nothing else would show that its children were kept.
  ///
  /// @param owner the owner process, which still exists
  /// @param keep determines which programs are kept
  public static List<ProcessInfo> below(
      ProcessReader processes, ProcessInfo owner, InstanceRecord record, KeepSource keep) {
    ProcessSnapshot snapshot = processes.snapshot();
    List<ProcessInfo> all = snapshot.descendantsOf(owner, process -> false);
    if (all.isEmpty()) {
      return all;
    }
    KeepList list = keep.list().forInstance(record.keep());
    return snapshot.descendantsOf(
        owner, process -> isKept(process, processes.mark(process), processes, record, list));
  }

  /// Returns whether a process below the owner of an instance is a kept program or opted out.
  ///
  /// @param mark the marker in its environment
  /// @param list the programs that a sweep of the instance keeps
  public static boolean isKept(
      ProcessInfo process,
      InstanceMarker mark,
      ProcessReader processes,
      InstanceRecord record,
      KeepList list) {
    boolean optsOut = mark.keep() && !record.surroundings().optedOut();
    return optsOut || list.reason(processes.program(process.pid())) != null;
  }
}
