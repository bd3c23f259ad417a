package dev.sexton.cli;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import dev.sexton.internal.Platform;
import dev.sexton.internal.instance.OthersRecord;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.Sighting;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RecordWriter;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.Journal;
import dev.sexton.internal.sweep.KeepSource;
import dev.sexton.internal.sweep.OwnerStopper;
import dev.sexton.internal.sweep.SystemClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Takes away what a server left that {@code sexton run} started, and ends it first if it is to be
 * ended. The watcher becomes it, for in a JVM of its own none of this takes memory while the server
 * runs.
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

  /** What the watcher says if the server has ended; else it says why it is to be stopped. */
  static final String ENDED = "ended";

  private static final String CONTAINERS = "containers";

  private final FileStateDirectory directory;
  private final Duration grace;
  private final String instanceId;
  private final ProcessInfo server;
  private final ProcessTable processes = Platform.processes(true);
  private final SystemClock clock = new SystemClock();

  private RunReaper(String[] args) {
    directory = new FileStateDirectory(Path.of(args[1]), args[0]);
    grace = Duration.ofMillis(Long.parseLong(args[2]));
    instanceId = args[3];
    server = ProcessInfo.identified(Long.parseLong(args[4]), Long.parseLong(args[5]));
  }

  /// The arguments that [#main] takes, but for the two last, which the watcher adds.
  ///
  /// @param containerClient whether the server is a client such as `docker run`, whose container
  ///   may appear after the client's death
  static List<String> arguments(
      RunOptions options, InstanceRecord record, ProcessInfo server, boolean containerClient) {
    return List.of(
        options.directory().application(),
        options.directory().path().toString(),
        Long.toString(options.grace().toMillis()),
        record.instanceId(),
        Long.toString(server.pid()),
        Long.toString(server.start()),
        containerClient ? CONTAINERS : "processes",
        new String(RecordWriter.write(record), StandardCharsets.UTF_8));
  }

  /**
   * Application, state directory, grace in milliseconds, instance, the server's process ID and
   * start, whether it is a client whose container may come late, its record, whether it ended or
   * why it is to be stopped, and when the server was last known to have its process ID, in the unit
   * of the process table.
   */
  public static void main(String[] args) {
    reap(args);
    System.exit(0); // whatever threads are left
  }

  /** As {@link #main}, but returns. */
  static void reap(String... args) {
    RunReaper reaper = new RunReaper(args);
    reaper.restoreRecord(args[7]);
    reaper.noteSession(args[8].equals(ENDED) ? Long.parseLong(args[9]) : reaper.stop(args[8]));
    reaper.reap();
    if (args[6].equals(CONTAINERS)) {
      reaper.reapLate();
    }
  }

  /** Ends the server, if it is still there; returns when it was seen there, 0 if it was not. */
  private long stop(String reason) {
    long now = processes.now();
    if (processes.find(server.pid()) instanceof Sighting.Present present
        && present.process().sameAs(server)) {
      Journal.Subject instance =
          new Journal.Subject(directory, directory.application(), instanceId);
      noteDescendants(present.process());
      new OwnerStopper(processes, clock, instance, reason).stop(present.process(), grace);
      return now;
    }
    return 0;
  }

  private void noteDescendants(ProcessInfo owner) {
    try {
      OthersRecord.noteDescendants(
          directory, processes, instanceId, owner, KeepSource.of(System.getenv(), List.of()));
    } catch (IOException unwritable) {
      return; // Then those of them that are neither marked nor in its session are spared.
    }
  }

  /// Somebody may have removed the record while the server lived: then nobody would know of what it
  /// leaves.
  private void restoreRecord(String record) {
    try {
      if (Journal.isSwept(directory, instanceId)) {
        return; // By another sweeper, who was faster.
      }
      OthersRecord.restore(directory, instanceId, record.getBytes(StandardCharsets.UTF_8));
    } catch (IOException unwritable) {
      return; // Then there is nothing to go by.
    }
  }

  private void noteSession(long held) {
    try {
      OthersRecord.noteSession(directory, processes, instanceId, server, held);
    } catch (IOException unwritable) {
      // Then those of its session that are not marked are spared.
    }
  }

  /** Sweeps the instance; if another sweeper is at it, until that is done or has gone. */
  private void reap() {
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
