package dev.sexton.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// A PID namespace.
///
/// PIDs are assigned in turn. A new process gets no PID that belongs to a living process or to a
/// session with a living member.
final class Namespace {
  final String id;

  /// Whether it shows no boot ID (as where `/proc` has `subset=pid`) or start times that cannot be
  /// compared.
  boolean masked;

  final Map<Long, WorldProcess> byPid = new HashMap<>();
  private final Map<Long, Long> reusableAt = new HashMap<>();
  private final long max;
  private long next = 2;

  Namespace(String id, long max) {
    this.id = id;
    this.max = max;
  }

  /// Returns a free PID: the wanted one if it is free, otherwise the next.
  long allocate(long wanted, long nanos, Set<Long> reserved) {
    Set<Long> busy = new HashSet<>(reserved);
    for (WorldProcess process : byPid.values()) {
      busy.add(process.pidIn(this));
      busy.add(process.session.pidIn(this));
    }
    if (wanted > 1 && isFree(wanted, nanos, busy)) {
      return wanted;
    }
    for (int i = 0; i < 10 * max; i++) {
      long candidate = next;
      next = next >= max + i / max * max ? 2 : next + 1;
      if (isFree(candidate, nanos, busy)) {
        return candidate;
      }
    }
    throw new IllegalStateException("out of process IDs");
  }

  private boolean isFree(long number, long nanos, Set<Long> busy) {
    return !busy.contains(number) && reusableAt.getOrDefault(number, 0L) <= nanos;
  }

  /// Frees a PID.
  ///
  /// No PID is reused within two clock ticks, because start times could not tell the two processes
  /// apart.
  void free(long number, long nanos) {
    byPid.remove(number);
    reusableAt.put(number, nanos + 2 * World.TICK_NANOS);
  }

  void restart() {
    byPid.clear();
    reusableAt.clear();
    next = 2;
  }
}
