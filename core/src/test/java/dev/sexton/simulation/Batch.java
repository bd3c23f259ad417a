package dev.sexton.simulation;

import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.sweep.SparingRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/// Many seeds on a few threads.
///
/// Each seed runs in one thread.
final class Batch {
  /// Enough failures to see what they have in common.
  static final int FAILURES = 40;

  /// A seed that failed.
  ///
  /// @param seed the seed
  /// @param failure the failure
  /// @param story the last events before the failure
  record Failed(long seed, Throwable failure, String story) {
    /// Returns what it has in common with other failures of the same kind.
    String kind() {
      return String.valueOf(failure.getMessage()).replaceAll("[0-9a-f]*[0-9]+[0-9a-f-]*", "…");
    }
  }

  final Map<String, Long> counts = new TreeMap<>();
  final List<Failed> failures = new ArrayList<>();
  private final AtomicLong next;
  private final long last;
  private final LivenessRules rules;
  private final SparingRules sparing;
  private double seconds;

  Batch(long first, long last, LivenessRules rules, SparingRules sparing) {
    this.next = new AtomicLong(first);
    this.last = last;
    this.rules = rules;
    this.sparing = sparing;
  }

  /// Runs the seeds until all have finished or this many have failed.
  Batch run(int threads, int enough) throws InterruptedException {
    long begun = System.nanoTime();
    List<Thread> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      running.add(Thread.ofPlatform().start(() -> runSome(Math.min(enough, FAILURES))));
    }
    for (Thread thread : running) {
      thread.join();
    }
    seconds = (System.nanoTime() - begun) / 1e9;
    return this;
  }

  private void runSome(int enough) {
    for (long seed; (seed = next.getAndIncrement()) <= last; ) {
      Simulation simulation = new Simulation(seed, rules, sparing);
      Failed failed = null;
      try {
        simulation.run();
      } catch (Error | RuntimeException failure) {
        failed = new Failed(seed, failure, simulation.world.log.tell(false));
      }
      synchronized (counts) {
        simulation.world.log.counts().forEach((what, n) -> counts.merge(what, n, Long::sum));
        if (failed != null) {
          failures.add(failed);
        }
        if (failures.size() >= enough) {
          return;
        }
      }
    }
  }

  /// Returns how often each event happened.
  String tell() {
    StringBuilder text = new StringBuilder("simulation: %.1f s%n".formatted(seconds));
    counts.forEach((what, n) -> text.append("  %-60s %,d%n".formatted(what, n)));
    return text.toString();
  }

  /// Returns the failures by kind, and the story of the first.
  String tellFailures() {
    if (failures.isEmpty()) {
      return "";
    }
    Map<String, List<Long>> kinds = new TreeMap<>();
    for (Failed failed : failures) {
      kinds.computeIfAbsent(failed.kind(), kind -> new ArrayList<>()).add(failed.seed());
    }
    StringBuilder text = new StringBuilder();
    kinds.forEach((kind, seeds) -> text.append(kind).append(": seeds ").append(seeds).append('\n'));
    Failed first = failures.getFirst();
    text.append("replay with -Dsexton.simulation.seed=").append(first.seed()).append('\n');
    text.append(first.story()).append(first.failure()).append('\n');
    for (StackTraceElement frame : first.failure().getStackTrace()) {
      text.append("    at ").append(frame).append('\n');
    }
    return text.toString();
  }
}
