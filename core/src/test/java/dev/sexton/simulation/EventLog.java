package dev.sexton.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The events in one world, in order, with a hash over all of them and a count of each kind.
final class EventLog {
  /// How many of the last events a failure shows.
  private static final int TOLD = 150;

  private record Event(long nanos, int depth, String what, String whom, long number) {
    @Override
    public String toString() {
      return "%12.3f s %s%s %s %s"
          .formatted(nanos / 1e9, "  ".repeat(depth), what, whom, number == 0 ? "" : number);
    }
  }

  private final List<Event> events = new ArrayList<>(512);
  private final Map<String, Long> counts = new HashMap<>();
  private long hash = 17;

  void add(long nanos, int depth, String what, String whom, long number) {
    events.add(new Event(nanos, depth, what, whom, number));
    hash = hash * 31 + nanos;
    hash = hash * 31 + what.hashCode();
    hash = hash * 31 + whom.hashCode();
    hash = (hash ^ (hash >>> 29)) * 0xBF58476D1CE4E5B9L + number;
  }

  /// Counts an event that must not be absent from a batch.
  void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  Map<String, Long> counts() {
    return counts;
  }

  long hash() {
    return hash;
  }

  /// Returns the last events, or all of them.
  String tell(boolean all) {
    StringBuilder text = new StringBuilder();
    int first = all ? 0 : Math.max(0, events.size() - TOLD);
    for (Event event : events.subList(first, events.size())) {
      text.append(event).append('\n');
    }
    return text.toString();
  }
}
