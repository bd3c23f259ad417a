package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.sweep.ProcessSparing.Spared;
import dev.sexton.internal.sweep.ProcessTree.Root;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The processes of one instance that a plan has found so far. Each is judged by the sparing rules
/// when it is added: it becomes a root of a tree to stop, or it is settled. The first evidence that
/// finds a process decides. For use by one thread.
final class FoundProcesses {
  private final ObservedInstance instance;
  private final TimeEvidence times;
  private final ProcessSparing sparing;
  private final Map<Long, Root> roots = new LinkedHashMap<>();
  private final List<ResourceResult> settled = new ArrayList<>();

  /// Processes with a known outcome. Each is reported once.
  private final Set<Long> reported = new HashSet<>();

  FoundProcesses(ObservedInstance instance, TimeEvidence times, ProcessSparing sparing) {
    this.instance = instance;
    this.times = times;
    this.sparing = sparing;
  }

  /// Adds a process as one of the instance's own, unless a rule spares it.
  void add(ProcessInfo process, String name, String reason, boolean isRecorded) {
    if (isKnown(process)) {
      return;
    }
    Spared spared = sparing.judge(process, isRecorded);
    if (spared == null) {
      roots.put(process.pid(), new Root(process, name, reason));
      if (isRecorded) {
        sparing.noteRecorded(process);
      }
    } else {
      settle(name, spared);
    }
  }

  /// Adds a process that was found by evidence other than the record, unless its start time
  /// contradicts that.
  void addFound(ProcessInfo process, String name, String reason) {
    if (isKnown(process)) {
      return;
    }
    String contradiction = times.contradiction(process, false);
    if (contradiction != null && !isSpared(process)) {
      markReported(process);
      settle(name, process.pid(), Outcome.DENIED, contradiction);
    } else if (contradiction != null || !times.isOlderThanInstance(process)) {
      add(process, name, reason, false);
    }
  }

  /// Returns whether a process is to be stopped or has a known outcome.
  boolean isKnown(ProcessInfo process) {
    return roots.containsKey(process.pid()) || reported.contains(process.pid());
  }

  /// Returns whether a rule spares a process that the instance did not record.
  boolean isSpared(ProcessInfo process) {
    return sparing.judge(process, false) != null;
  }

  /// Settles a process that a rule spares, once.
  void settle(String name, Spared spared) {
    if (markReported(spared.process())) {
      settle(ResourceResult.spared(instance, name, spared.process(), spared.sparing()));
    }
  }

  /// Settles a process that does not exist or is not the instance's.
  void settle(String name, long pid, Outcome outcome, String reason) {
    settle(ResourceResult.absent(instance, name, pid, outcome, reason));
  }

  void settle(ResourceResult result) {
    settled.add(result);
  }

  /// Notes that the outcome of a process is known. Returns whether it was not known before.
  boolean markReported(ProcessInfo process) {
    return reported.add(process.pid());
  }

  /// Returns the PIDs of the processes with a known outcome.
  Set<Long> reported() {
    return Set.copyOf(reported);
  }

  /// Returns the processes to stop, in the order in which they were found.
  Collection<Root> roots() {
    return roots.values();
  }

  /// Returns the root with this PID; null if there is none.
  @Nullable Root root(long pid) {
    return roots.get(pid);
  }

  /// Returns the resources with nothing to stop.
  List<ResourceResult> settled() {
    return settled;
  }
}
