package dev.sexton.internal.launch;

import dev.sexton.InstanceReport;
import dev.sexton.Liveness;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.sweep.PatientSweep;
import dev.sexton.internal.sweep.SweepRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One sweep of one instance whose owner is dying.
public final class Reap {
  /// How long the owner may appear alive. The kernel releases its lock 2.4 to 17 ms after SIGKILL,
  /// while a JVM's memory is being freed.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /// The pause between the first two looks. [#LONGEST_PAUSE_NANOS] is the last one.
  private static final long FIRST_PAUSE_NANOS = 2_000_000;

  private static final long LONGEST_PAUSE_NANOS = 100_000_000;

  private Reap() {}

  /// Takes `UUID --state-dir DIR`. Exits with 0 if nothing is left of the instance.
  public static void main(String[] args) {
    if (args.length != 3 || !isInstanceId(args[0]) || !args[1].equals("--state-dir")) {
      System.err.println("usage: " + Reap.class.getName() + " UUID --state-dir DIR");
      System.exit(2);
    }
    SweepReport report = reap(System.getenv(), args[0], Path.of(args[2]));
    System.exit(isDone(report) ? 0 : 1);
  }

  /// Sweeps the instance if it is provably dead within two seconds. Does not use `assumeDead`.
  public static SweepReport reap(
      Map<String, String> environment, String instanceId, Path directory) {
    Sweeper sweeper =
        Sweeper.builder()
            .environment(environment)
            .stateDirectory(directory)
            .instance(instanceId)
            .patience(PatientSweep.patience(SweepRequest.DEFAULT_GRACE))
            .build();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long pause = FIRST_PAUSE_NANOS;
    while (true) {
      SweepReport report = sweeper.sweep();
      InstanceReport instance = find(report, instanceId);
      boolean mayBeDying = instance != null && instance.liveness() == Liveness.ALIVE;
      if (!mayBeDying || System.nanoTime() >= deadline) {
        return report;
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
  }

  /// Returns whether nothing is left: the instance was swept or does not exist. A problem counts
  /// only if the report has no instance.
  public static boolean isDone(SweepReport report) {
    return report.isClean()
        && (report.problems().isEmpty() || !report.instances().isEmpty())
        && report.count(Liveness.ALIVE) + report.count(Liveness.UNKNOWN) == 0;
  }

  /// Returns whether this is a UUID, and so cannot lead elsewhere as part of a path.
  public static boolean isInstanceId(String id) {
    return InstanceRecord.isUuid(id);
  }

  private static @Nullable InstanceReport find(SweepReport report, String instanceId) {
    for (InstanceReport instance : report.instances()) {
      if (instance.instanceId().equals(instanceId)) {
        return instance;
      }
    }
    return null;
  }
}
