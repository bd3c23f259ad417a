package dev.sexton.benchmarks;

import dev.sexton.InstanceTracker;
import dev.sexton.Liveness;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Runs one benchmark in its own JVM and prints how many seconds it took. `original.py` is the
/// original's counterpart, with the same commands.
public final class Ours {
  private Ours() {}

  /// Runs `cleanup N HOME...`, `track N HOME...`, `scan N HOME` or `register N HOME`.
  public static void main(String[] args) {
    int count = Integer.parseInt(args[1]);
    List<Path> homes = Arrays.stream(args).skip(2).map(Path::of).toList();
    Path home = homes.getFirst();
    double seconds =
        switch (args[0]) {
          case "cleanup" -> inTurn(homes, each -> cleanup(each, count));
          case "scan" -> scan(home, count);
          case "track" -> inTurn(homes, each -> track(each, count));
          case "register" -> register(home, count);
          default -> throw new IllegalArgumentException("no such work: " + args[0]);
        };
    System.out.println(seconds);
  }

  /// With one home, measures the first run in a fresh JVM, as at the start of a server. With
  /// several, returns the median of the last third, as in a server that has run for a while.
  private static double inTurn(List<Path> homes, ToDoubleFunction<Path> work) {
    double[] seconds = homes.stream().mapToDouble(work).toArray();
    return median(Arrays.copyOfRange(seconds, 2 * seconds.length / 3, seconds.length));
  }

  private static double cleanup(Path home, int dead) {
    long begun = System.nanoTime();
    SweepReport report = sweeper(home).sweep();
    double seconds = secondsSince(begun);
    require(report.count(Liveness.DEAD) == dead && report.isClean(), "not all were swept");
    return seconds;
  }

  /// Measures a scan of living instances in a warm JVM: the median of the last of many.
  private static double scan(Path home, int alive) {
    double[] seconds = new double[15];
    for (int i = 0; i < seconds.length; i++) {
      long begun = System.nanoTime();
      SweepReport report = sweeper(home).sweep();
      seconds[i] = secondsSince(begun);
      require(report.count(Liveness.ALIVE) == alive, "not all were found alive");
    }
    return median(Arrays.copyOfRange(seconds, 8, seconds.length));
  }

  private static Sweeper sweeper(Path home) {
    return Sweeper.builder()
        .application("deephaven-mcp")
        .environment(Map.of("HOME", home.toString()))
        .resident(true)
        .build();
  }

  /// Measures the time until every process is in the record.
  private static double track(Path home, int processes) {
    try (InstanceTracker instance = instance(home)) {
      long pid = ProcessHandle.current().pid();
      long begun = System.nanoTime();
      for (int i = 0; i < processes; i++) {
        instance.trackProcess("session-" + i, pid);
      }
      instance.flush();
      double seconds = secondsSince(begun);
      instance.unregister();
      return seconds;
    }
  }

  /// Measures one register and unregister in a warm JVM: the median.
  private static double register(Path home, int times) {
    double[] seconds = new double[times];
    for (int i = 0; i < times; i++) {
      long begun = System.nanoTime();
      instance(home).unregister();
      seconds[i] = secondsSince(begun);
    }
    return median(Arrays.copyOfRange(seconds, times / 2, times));
  }

  private static InstanceTracker instance(Path home) {
    return InstanceTracker.builder()
        .stateDirectory(home.resolve(".deephaven-mcp"))
        .sweepOnRegister(false)
        .sentinel(false)
        .register();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalStateException(otherwise);
    }
  }
}
