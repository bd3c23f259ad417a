package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessDetails;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.ProcessTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The process table at one moment with what a plan needs to know beyond it. What is read of a
 * process is read once.
 */
final class ProcessView {
  private final ProcessTable table;
  private final ProcessSnapshot snapshot;
  private final Set<Long> protectedPids;
  private final Map<Long, ProcessDetails> details = new ConcurrentHashMap<>();
  private @Nullable Map<String, List<ProcessInfo>> byMark;

  ProcessView(ProcessTable table, Set<Long> protectedPids) {
    this.table = table;
    this.snapshot = table.snapshot();
    this.protectedPids = protectedPids;
  }

  ProcessTable table() {
    return table;
  }

  ProcessSnapshot snapshot() {
    return snapshot;
  }

  ProcessDetails details(ProcessInfo process) {
    return details.computeIfAbsent(process.pid(), pid -> table.details(process));
  }

  /** Whether this process must never be signalled, whatever a record says. */
  boolean isProtected(ProcessInfo process) {
    return process.pid() <= 1 || process.kernel() || protectedPids.contains(process.pid());
  }

  /** The living processes that carry this mark. */
  List<ProcessInfo> marked(String mark) {
    Map<String, List<ProcessInfo>> marks = byMark;
    if (marks == null) {
      marks = new HashMap<>();
      for (ProcessInfo process : snapshot.all()) {
        String found = process.isAlive() ? details(process).mark() : null;
        if (found != null) {
          marks.computeIfAbsent(found, key -> new ArrayList<>()).add(process);
        }
      }
      byMark = marks;
    }
    return marks.getOrDefault(mark, List.of());
  }
}
