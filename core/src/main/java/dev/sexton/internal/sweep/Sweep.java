package dev.sexton.internal.sweep;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.ResourceReport;
import dev.sexton.SweepReport;
import dev.sexton.SweepReport.Problem;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.Claims.Claim;
import dev.sexton.internal.sweep.InstanceObserver.Observation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One sweep, which finds dead instances and stops their leftovers:
///
///     observe → judge → plan → stop → verify → record
///
/// [InstanceObserver] observes and judges. [Claims] ensures that no other sweeper works on the same
/// instances. [StopRounds] plans, stops and verifies. [Recorder] removes the records or writes the
/// tombstones. A problem with one instance does not prevent the others from being swept.
public final class Sweep {
  private final Ports ports;
  private final SweepRequest request;
  private final InstanceObserver observer;
  private final LivenessRules rules;
  private final SparingRules sparing;
  private final List<Problem> problems = Collections.synchronizedList(new ArrayList<>());

  /// Creates a sweep with the current rules.
  public Sweep(Ports ports, SweepRequest request) {
    this(ports, request, new LivenessRules());
  }

  /// Creates a sweep with other rules, to test the effect of omitting one.
  public Sweep(Ports ports, SweepRequest request, LivenessRules rules) {
    this(ports, request, rules, new SparingRules());
  }

  /// Creates a sweep with other rules of both kinds, to test the effect of omitting one.
  public Sweep(Ports ports, SweepRequest request, LivenessRules rules, SparingRules sparing) {
    this.ports = ports;
    this.request = request;
    this.rules = rules;
    this.sparing = sparing;
    this.observer = new InstanceObserver(ports, rules);
  }

  /// Runs the sweep.
  public SweepReport run() {
    long begun = ports.clock().nanoTime();
    Observation seen = observer.observe(request);
    problems.addAll(seen.problems());
    String defect = ports.processes().defect();
    if (defect != null) {
      problems.add(new Problem(Path.of("/proc"), defect));
    }
    List<ObservedInstance> dead = new ArrayList<>();
    List<InstanceReport> reports = new ArrayList<>();
    for (ObservedInstance instance : seen.instances()) {
      ObservedInstance judged = assume(instance);
      if (judged.verdict().liveness() == Liveness.DEAD) {
        dead.add(judged);
      } else {
        reports.add(report(judged, judged.verdict().reason(), RecordFate.KEPT, List.of()));
      }
    }
    List<Unclaimed> unclaimed = new ArrayList<>();
    try (Claims claims = new Claims(ports, observer, this::assume)) {
      if (request.dryRun()) {
        claims.pretend(dead);
      } else {
        claims.take(dead);
      }
      for (Claims.Refused refused : claims.refused()) {
        reports.add(report(refused.instance(), refused.reason(), refused.fate(), List.of()));
        if (refused.fate() == RecordFate.KEPT
            && refused.instance().verdict().liveness() == Liveness.DEAD) {
          problems.add(
              new Problem(
                  InstanceObserver.path(
                      refused.instance().directory(), refused.instance().fileName()),
                  refused.reason()));
        }
      }
      LiveInstances live =
          new LiveInstances(ports, rules, request.everyDirectory(), seen.instances());
      StopRounds stopping =
          new StopRounds(
              ports,
              request,
              seen,
              new LabelledResourcePlanner(ports, rules),
              SparingContext.of(ports, request, live, sparing));
      List<Claims.Claim> claimed = claims.claimed();
      stopping.run(claimed);
      unclaimed.addAll(stopping.unclaimed());
      problems.addAll(stopping.problems());
      Map<ObservedInstance, RecordFate> fates =
          new Recorder(ports, request, problems)
              .record(claimed, stopping.orphans(), stopping::settled);
      List<ObservedInstance> swept = new ArrayList<>(stopping.orphans());
      Map<String, StateDirectory> removed = new HashMap<>();
      for (Claim claim : claimed) {
        swept.add(claim.instance());
        if (fates.get(claim.instance()) == RecordFate.REMOVED) {
          removed.put(claim.instance().instanceId(), claim.instance().directory());
        }
      }
      for (ObservedInstance instance : swept) {
        RecordFate fate = fates.getOrDefault(instance, RecordFate.KEPT);
        reports.add(
            report(instance, instance.verdict().reason(), fate, stopping.settled(instance)));
      }
      LeftoverCleaner housekeeping = new LeftoverCleaner(ports, problems);
      housekeeping.dropWrites(seen.leftovers(), removed);
      if (!request.dryRun() && request.instanceIds().isEmpty()) {
        housekeeping.tidy(seen.leftovers(), instanceIds(seen));
      }
    }
    problems.addAll(request.keep().problems());
    reports.sort(Sweep::byAge);
    long millis = Duration.ofNanos(ports.clock().nanoTime() - begun).toMillis();
    return new SweepReport(request.dryRun(), reports, unclaimed, problems, millis);
  }

  private static int byAge(InstanceReport left, InstanceReport right) {
    int order = left.startedAt().compareTo(right.startedAt());
    return order != 0 ? order : left.instanceId().compareTo(right.instanceId());
  }

  private ObservedInstance assume(ObservedInstance instance) {
    Verdict verdict = instance.verdict();
    // Where no process can be seen, all leftovers of the instance would seem to be gone.
    return request.assumeDead()
            && verdict.liveness() == Liveness.UNKNOWN
            && ports.processes().defect() == null
        ? instance.judged(Verdict.dead("assumed dead: " + verdict.reason()))
        : instance;
  }

  private static Set<String> instanceIds(Observation seen) {
    Set<String> ids = new LinkedHashSet<>();
    seen.instances().forEach(instance -> ids.add(instance.instanceId()));
    return ids;
  }

  private static InstanceReport report(
      ObservedInstance instance, String reason, RecordFate fate, List<ResourceResult> settled) {
    List<ResourceReport> resources = settled.stream().map(ResourceResult::report).toList();
    StateDirectory directory = instance.directory();
    return new InstanceReport(
        instance.instanceId(),
        instance.application(),
        directory.path(),
        instance.record().pid(),
        instance.record().startedAt(),
        instance.verdict().liveness(),
        reason,
        fate,
        resources);
  }
}
