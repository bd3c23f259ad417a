package dev.sexton.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A PID namespace. Numbers are given out in turn; none is given to a new process while a living
 * process, or a session with a living member, has it.
 */
final class Namespace {
  final String id;

  /// Shows no boot ID, as where `/proc` has `subset=pid`, or start times that cannot be compared.
  boolean masked;

  final Map<Long, WorldProcess> byPid = new HashMap<>();
  private final Map<Long, Long> reusableAt = new HashMap<>();
  private final long max;
  private long next = 2;

  Namespace(String id, long max) {
    this.id = id;
    this.max = max;
  }

  /** A free number: this one if it is, otherwise the next. */
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

  /** No number is used twice within two clock ticks, or a start time would not tell them apart. */
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
