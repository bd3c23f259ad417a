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
  private final long since;
  private final Map<Long, ProcessDetails> details = new ConcurrentHashMap<>();
  private @Nullable Map<String, List<ProcessInfo>> byMark;

  ProcessView(ProcessTable table, Set<Long> protectedPids) {
    this(table, protectedPids, Long.MIN_VALUE);
  }

  /**
   * As it is now.
   *
   * @param since marks are looked for on processes that started then or later, in the table's unit:
   *     an older one is nobody's whose instance started after that, and to look at all of them is
   *     most of what a sweep of a young instance costs
   */
  ProcessView(ProcessTable table, Set<Long> protectedPids, long since) {
    this.table = table;
    this.snapshot = table.snapshot();
    this.protectedPids = protectedPids;
    this.since = since;
  }

  ProcessTable table() {
    return table;
  }

  ProcessSnapshot snapshot() {
    return snapshot;
  }

  ProcessDetails details(ProcessInfo process) {
    ProcessDetails known = details.get(process.pid());
    if (known == null) {
      known =
          table.details(process); // By two threads at once it is read twice, which does no harm.
      details.put(process.pid(), known);
    }
    return known;
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
        boolean candidate = process.isAlive() && process.start() >= since;
        String found = candidate ? details(process).mark() : null;
        if (found != null) {
          marks.computeIfAbsent(found, key -> new ArrayList<>()).add(process);
        }
      }
      byMark = marks;
    }
    return marks.getOrDefault(mark, List.of());
  }
}
