package dev.sexton.internal.sweep;

import dev.sexton.InstanceInfo;
import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.SweepReport;
import dev.sexton.SweepReport.Problem;
import dev.sexton.SweepReport.Unclaimed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A sweep that waits for other sweepers. It sweeps their instances again once they are done, so
/// that the report says whether anything is left.
public final class PatientSweep {
  /// How long another sweeper may take beyond the grace period: after SIGKILL, or for an engine.
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

  private static final Duration LONGEST_PAUSE = Duration.ofMillis(320);

  private PatientSweep() {}

  /// Returns how long to wait for sweeps that began earlier with the same grace period.
  public static Duration patience(Duration grace) {
    return grace.plus(MARGIN);
  }

  /// Runs a sweep.
  ///
  /// @param patience the maximum total duration if it has to wait for another sweeper
  public static SweepReport run(Ports ports, SweepRequest request, Duration patience) {
    long begun = ports.clock().nanoTime();
    SweepReport report = new Sweep(ports, request).run();
    Duration pause = FIRST_PAUSE;
    Set<String> busy = busy(report);
    while (!busy.isEmpty()) {
      Duration left = patience.minusNanos(ports.clock().nanoTime() - begun);
      if (!left.isPositive()) {
        break;
      }
      ports.clock().sleep(left.compareTo(pause) < 0 ? left : pause);
      if (Thread.currentThread().isInterrupted()) {
        break;
      }
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
      SweepReport again = new Sweep(ports, request.only(busy)).run();
      long millis = Duration.ofNanos(ports.clock().nanoTime() - begun).toMillis();
      report = together(report, again, millis);
      busy = busy(report);
    }
    return report;
  }

  private static Set<String> busy(SweepReport report) {
    Set<String> busy = new LinkedHashSet<>();
    for (InstanceReport instance : report.instances()) {
      if (instance.isBusy()) {
        busy.add(instance.instanceId());
      }
    }
    return busy;
  }

  private static SweepReport together(SweepReport before, SweepReport again, long millis) {
    Map<String, InstanceReport> later = new HashMap<>();
    again.instances().forEach(instance -> later.put(instance.instanceId(), instance));
    List<InstanceReport> instances = new ArrayList<>();
    for (InstanceReport instance : before.instances()) {
      InstanceReport now = later.get(instance.instanceId());
      instances.add(!instance.isBusy() ? instance : now != null ? now : sweptByAnother(instance));
    }
    Set<Problem> problems = new LinkedHashSet<>(before.problems());
    problems.addAll(again.problems());
    Set<Unclaimed> unclaimed = new LinkedHashSet<>(before.unclaimed());
    unclaimed.addAll(again.unclaimed());
    return new SweepReport(
        before.dryRun(), instances, List.copyOf(unclaimed), List.copyOf(problems), millis);
  }

  private static InstanceReport sweptByAnother(InstanceReport instance) {
    return new InstanceReport(
        instance.identity(),
        instance.owner(),
        new InstanceInfo.State(Liveness.DEAD, "another sweeper has swept it"),
        RecordFate.REMOVED,
        List.of());
  }
}
