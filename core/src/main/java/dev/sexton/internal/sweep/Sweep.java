package dev.sexton.internal.sweep;

import dev.sexton.InstanceInfo;
import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.ResourceReport;
import dev.sexton.SweepReport;
import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.Claims.Claim;
import dev.sexton.internal.sweep.InstanceObserver.Observation;
import dev.sexton.internal.sweep.Recorder.RecordResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
    Judged judged = judge(seen);
    try (Claims claims = new Claims(ports, observer, this::assume)) {
      claims.take(judged.dead(), request.dryRun());
      StopResult stopped = rounds(seen).run(claims.claimed());
      RecordResult recorded = new Recorder(ports, request).record(claims.claimed(), stopped);
      List<Problem> uncleaned = clean(seen, claims, recorded);

      List<InstanceReport> reports = new ArrayList<>();
      judged.others().forEach(instance -> reports.add(spared(instance)));
      claims.refused().forEach(refused -> reports.add(refused(refused)));
      stopped.unrecorded().forEach(instance -> reports.add(swept(instance, stopped, recorded)));
      for (Claim claim : claims.claimed()) {
        reports.add(swept(claim.instance(), stopped, recorded));
      }
      reports.sort(Sweep::byAge);
      List<Problem> problems = new ArrayList<>(seen.problems());
      addDefect(problems);
      addUnclaimable(claims.refused(), problems);
      problems.addAll(stopped.problems());
      problems.addAll(recorded.problems());
      problems.addAll(uncleaned);
      problems.addAll(request.keep().problems());
      long millis = Duration.ofNanos(ports.clock().nanoTime() - begun).toMillis();
      return new SweepReport(request.dryRun(), reports, stopped.unclaimed(), problems, millis);
    }
  }

  /// The instances after the judgement.
  private record Judged(List<ObservedInstance> dead, List<ObservedInstance> others) {}

  private Judged judge(Observation seen) {
    Judged judged = new Judged(new ArrayList<>(), new ArrayList<>());
    for (ObservedInstance instance : seen.instances()) {
      ObservedInstance one = assume(instance);
      (isDead(one) ? judged.dead() : judged.others()).add(one);
    }
    return judged;
  }

  private static boolean isDead(ObservedInstance instance) {
    return instance.verdict().liveness() == Liveness.DEAD;
  }

  private StopRounds rounds(Observation seen) {
    LiveInstances live =
        new LiveInstances(ports, rules, request.everyDirectory(), seen.instances());
    return new StopRounds(
        ports,
        request,
        seen,
        new LabelledResourcePlanner(ports, rules),
        SparingContext.of(ports, request, live, sparing));
  }

  /// Removes files that are no records, and returns those that could not be removed.
  private List<Problem> clean(Observation seen, Claims claims, RecordResult recorded) {
    Map<String, StateDirectory> removed = new HashMap<>();
    for (Claim claim : claims.claimed()) {
      if (recorded.of(claim.instance()) == RecordFate.REMOVED) {
        removed.put(claim.instance().instanceId(), claim.instance().directory());
      }
    }
    LeftoverCleaner cleaner = new LeftoverCleaner(ports);
    List<Problem> problems = cleaner.dropWrites(seen.leftovers(), removed);
    if (!request.dryRun() && request.instanceIds().isEmpty()) {
      problems.addAll(cleaner.tidy(seen.leftovers(), instanceIds(seen)));
    }
    return problems;
  }

  private void addDefect(List<Problem> problems) {
    String defect = ports.processes().defect();
    if (defect != null) {
      problems.add(new Problem(Path.of("/proc"), defect));
    }
  }

  private static void addUnclaimable(List<Claims.Refused> all, List<Problem> problems) {
    for (Claims.Refused refused : all) {
      ObservedInstance instance = refused.instance();
      if (refused.fate() == RecordFate.KEPT && isDead(instance)) {
        Path record = instance.directory().file(instance.fileName());
        problems.add(new Problem(record, refused.reason()));
      }
    }
  }

  private static int byAge(InstanceReport left, InstanceReport right) {
    int order = left.owner().startedAt().compareTo(right.owner().startedAt());
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

  private static InstanceReport spared(ObservedInstance instance) {
    return report(instance, instance.verdict().reason(), RecordFate.KEPT, List.of());
  }

  private static InstanceReport refused(Claims.Refused refused) {
    return report(refused.instance(), refused.reason(), refused.fate(), List.of());
  }

  private static InstanceReport swept(
      ObservedInstance instance, StopResult stopped, RecordResult recorded) {
    return report(
        instance, instance.verdict().reason(), recorded.of(instance), stopped.of(instance));
  }

  private static InstanceReport report(
      ObservedInstance instance, String reason, RecordFate fate, List<ResourceResult> settled) {
    List<ResourceReport> resources = settled.stream().map(ResourceResult::report).toList();
    return new InstanceReport(
        instance.identity(),
        instance.owner(),
        new InstanceInfo.State(instance.verdict().liveness(), reason),
        fate,
        resources);
  }
}
