package dev.sexton.cli;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.SystemClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Takes away what a server left that {@code sexton run} started. The watcher starts it, for in a
 * JVM of its own none of this takes memory while the server runs.
 */
final class RunReaper {
  /**
   * When the engines are asked again after the end of a docker client: a container that it had
   * asked for was seen to appear up to 53 ms after its death, and to start running up to 1.2 s
   * after it.
   */
  private static final List<Duration> LATE =
      List.of(Duration.ofMillis(150), Duration.ofMillis(1200));

  /** How long another sweeper that is at the instance is waited for beyond the grace. */
  private static final Duration OTHERS = Duration.ofSeconds(10);

  private final FileStateDirectory directory;
  private final Duration grace;
  private final SystemClock clock = new SystemClock();

  private RunReaper(FileStateDirectory directory, Duration grace) {
    this.directory = directory;
    this.grace = grace;
  }

  /** The arguments that {@link #main} takes. */
  static List<String> arguments(RunOptions options, String instanceId, boolean containers) {
    return List.of(
        options.directory().application(),
        options.directory().path().toString(),
        Long.toString(options.grace().toMillis()),
        instanceId,
        containers ? "containers" : "processes");
  }

  /** Application, state directory, grace, instance, and whether it may have made containers. */
  public static void main(String[] args) {
    reap(List.of(args));
    System.exit(0); // whatever threads are left
  }

  static void reap(List<String> args) {
    RunReaper reaper =
        new RunReaper(
            new FileStateDirectory(Path.of(args.get(1)), args.get(0)),
            Duration.ofMillis(Long.parseLong(args.get(2))));
    reaper.reap(args.get(3));
    if (args.get(4).equals("containers")) {
      reaper.reapLate();
    }
  }

  /** Sweeps the instance; if another sweeper is at it, until that is done or has gone. */
  private void reap(String instanceId) {
    long deadline = clock.nanoTime() + grace.plus(OTHERS).toNanos();
    while (directory.modified(StateDirectory.recordOf(instanceId)) != null
        && isBusy(sweeper().instance(instanceId).build().sweep())
        && clock.nanoTime() < deadline) {
      clock.sleep(Duration.ofMillis(50));
    }
  }

  /** Without the record it is the label that tells whose a container is. */
  private void reapLate() {
    for (Duration late : LATE) {
      clock.sleep(late);
      sweeper().build().sweep();
    }
  }

  private Sweeper.Builder sweeper() {
    return Sweeper.builder()
        .application(directory.application())
        .stateDirectory(directory.path())
        .grace(grace);
  }

  private static boolean isBusy(SweepReport report) {
    for (InstanceReport instance : report.instances()) {
      if (instance.record() == RecordFate.BUSY) {
        return true;
      }
    }
    return false;
  }
}
