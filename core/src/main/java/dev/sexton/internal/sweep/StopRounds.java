package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.sweep.Claims.Claim;
import dev.sexton.internal.sweep.InstanceObserver.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Plans, stops and verifies, in rounds. Each round finds everything that belongs to the claimed
/// instances and stops it. The last round finds nothing more. The processes and containers of all
/// instances share one grace period.
final class StopRounds {
  /// An instance whose owner wrote its record this recently may have ended at this moment.
  private static final Duration RECENT = Duration.ofMinutes(1);

  /// How long after a process's death the containers are checked once more. A container that a
  /// killed `docker run` had requested was seen up to 53 ms after its death.
  private static final Duration LATE_CONTAINER = Duration.ofMillis(120);

  /// A limit, because a deadline in nanoseconds reaches no further than 292 years.
  private static final Duration LONGEST_GRACE = Duration.ofDays(365);

  private final Ports ports;
  private final SweepRequest request;
  private final SparingContext context;
  private final StopResults results = new StopResults();
  private final LabelledResourceRounds labelled;

  StopRounds(
      Ports ports,
      SweepRequest request,
      Observation seen,
      LabelledResourcePlanner planner,
      SparingContext context) {
    this.ports = ports;
    this.request = request;
    this.context = context;
    this.labelled = new LabelledResourceRounds(ports, request, seen, planner, results);
  }

  /// Runs all rounds.
  StopResult run(List<Claim> claims) {
    List<ObservedInstance> instances = claims.stream().map(Claim::instance).toList();
    ProcessRounds processes = new ProcessRounds(ports, request, context, instances, results);
    Duration grace = request.grace().compareTo(LONGEST_GRACE) < 0 ? request.grace() : LONGEST_GRACE;
    long deadline = ports.clock().nanoTime() + grace.toNanos();
    RoundSchedule round = firstRound(instances);
    while (!round.isOver()) {
      if (round.isLate()) {
        ports.clock().sleep(LATE_CONTAINER);
      }
      round = run(round, processes, instances, deadline);
    }
    return results.result();
  }

  private RoundSchedule firstRound(List<ObservedInstance> instances) {
    boolean isNamed = !request.instanceIds().isEmpty();
    boolean asksEngines = labelled.areNeeded(instances);
    boolean mayComeLate =
        asksEngines
            && instances.stream()
                .anyMatch(instance -> instance.record().containers() != ContainerUse.UNUSED);
    // A caller may name an instance at the moment of its death.
    return RoundSchedule.first(
        new RoundSchedule.Facts(
            request.dryRun(),
            isNamed || wroteRecently(instances),
            mayComeLate,
            mayComeLate && isNamed),
        new RoundSchedule.Scope(!instances.isEmpty(), asksEngines));
  }

  /// Runs one round, and returns the next.
  private RoundSchedule run(
      RoundSchedule round,
      ProcessRounds processes,
      List<ObservedInstance> instances,
      long deadline) {
    AtomicBoolean stoppedContainers = new AtomicBoolean();
    List<Runnable> tasks = new ArrayList<>();
    if (round.scope().processes()) {
      // Before the engines are asked, because that takes as long again and also needs the
      // processors.
      guard(
          instances,
          () -> {
            ProcessTreeStopper stopper = processes.ask(round.isFirst());
            if (stopper != null) {
              tasks.add(() ->
                  guard(instances, () -> processes.finish(stopper, deadline, round.isLast())));
            }
          });
    }
    boolean stopsProcesses = !tasks.isEmpty();
    if (round.scope().engines()) {
      tasks.add(() ->
          guard(
              instances,
              () -> stoppedContainers.set(labelled.stop(instances, deadline, round.isFirst()))));
    }
    ports.workers().runAll(tasks);
    return round.next(stopsProcesses, stoppedContainers.get());
  }

  /// Returns whether the owner of any of these instances was alive a moment ago, by its own record.
  private boolean wroteRecently(List<ObservedInstance> instances) {
    ProcessReader table = ports.processes();
    return instances.stream()
        .map(instance -> instance.record().written())
        .filter(StartTime::isKnown)
        .anyMatch(written -> table.startedAt(written).plus(RECENT).isAfter(table.wallClock()));
  }

  /// Runs a task. An unexpected failure must not look as if nothing was found.
  private void guard(List<ObservedInstance> instances, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException defect) {
      results.defect("the sweep failed because of a defect in sexton", instances, defect);
    }
  }
}
