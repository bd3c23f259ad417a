package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.ResourceReport;
import dev.sexton.SweepReport.Problem;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.Claims.Claim;
import dev.sexton.internal.sweep.EngineScan.Found;
import dev.sexton.internal.sweep.EngineScan.Look;
import dev.sexton.internal.sweep.InstanceObserver.Observation;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

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
  private final Observation seen;
  private final LabelledResourcePlanner labelled;
  private final IdentityHashMap<ObservedInstance, List<ResourceResult>> settled =
      new IdentityHashMap<>();
  private final List<Unclaimed> unclaimed = new ArrayList<>();
  private final List<ObservedInstance> unrecorded = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> handled = ConcurrentHashMap.newKeySet();

  /// Processes with a known outcome, each with the instance for which it was reported.
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  private final IdentityHashMap<ObservedInstance, Map<String, ProcessInfo>> firstSeen =
      new IdentityHashMap<>();
  private final SparingContext context;

  StopRounds(
      Ports ports,
      SweepRequest request,
      Observation seen,
      LabelledResourcePlanner labelled,
      SparingContext context) {
    this.ports = ports;
    this.request = request;
    this.seen = seen;
    this.labelled = labelled;
    this.context = context;
  }

  /// Runs all rounds.
  StopResult run(List<Claim> claims) {
    List<ObservedInstance> instances = claims.stream().map(Claim::instance).toList();
    instances.forEach(instance -> firstSeen.put(instance, new HashMap<>()));
    Duration grace = request.grace().compareTo(LONGEST_GRACE) < 0 ? request.grace() : LONGEST_GRACE;
    long deadline = ports.clock().nanoTime() + grace.toNanos();
    RoundSchedule round = firstRound(instances);
    while (!round.isOver()) {
      if (round.isLate()) {
        ports.clock().sleep(LATE_CONTAINER);
      }
      round = run(round, instances, deadline);
    }
    synchronized (settled) {
      return new StopResult(settled, unrecorded, unclaimed, problems);
    }
  }

  private RoundSchedule firstRound(List<ObservedInstance> instances) {
    boolean isNamed = !request.instanceIds().isEmpty();
    boolean asksEngines = needsEngines(instances);
    boolean mayComeLate =
        asksEngines
            && instances.stream()
                .anyMatch(instance -> !Boolean.FALSE.equals(instance.record().usesContainers()));
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
  private RoundSchedule run(RoundSchedule round, List<ObservedInstance> instances, long deadline) {
    AtomicBoolean stoppedContainers = new AtomicBoolean();
    List<Runnable> tasks = new ArrayList<>();
    if (round.scope().processes()) {
      // Before the engines are asked, because that takes as long again and also needs the
      // processors.
      guard(
          instances,
          () -> {
            ProcessTreeStopper stopper = askProcesses(instances, round.isFirst());
            if (stopper != null) {
              tasks.add(() -> guard(instances, () -> finish(stopper, deadline, round.isLast())));
            }
          });
    }
    boolean stopsProcesses = !tasks.isEmpty();
    if (round.scope().engines()) {
      tasks.add(() ->
          guard(
              instances,
              () -> stoppedContainers.set(stopLabelled(instances, deadline, round.isFirst()))));
    }
    ports.workers().runAll(tasks);
    return round.next(stopsProcesses, stoppedContainers.get());
  }

  /// Returns whether the owner of any of these instances was alive a moment ago, by its own record.
  private boolean wroteRecently(List<ObservedInstance> instances) {
    ProcessReader table = ports.processes();
    return instances.stream()
        .mapToLong(instance -> instance.record().writtenUnits())
        .filter(written -> written >= 0)
        .anyMatch(written -> table.startedAt(written).plus(RECENT).isAfter(table.wallClock()));
  }

  /// Runs a task. An unexpected failure must not look as if nothing was found.
  private void guard(List<ObservedInstance> instances, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException defect) {
      log("the sweep failed because of a defect in sexton", defect);
      instances.forEach(instance -> settle(failed(instance, defect)));
    }
  }

  /// Logs a defect. The logger is looked up only here, because that takes a fresh JVM 10 ms.
  private static void log(String what, RuntimeException defect) {
    System.getLogger("dev.sexton").log(Level.ERROR, what, defect);
  }

  private static ResourceResult failed(ObservedInstance instance, RuntimeException defect) {
    return ResourceResult.absent(
        instance, "(sweep)", 0, Outcome.FAILED, "a defect in sexton: " + defect);
  }

  /// Returns whether anything here can have left labelled containers.
  private boolean needsEngines(List<ObservedInstance> instances) {
    if (ports.providers().isEmpty()) {
      instances.stream()
          .filter(instance -> Boolean.TRUE.equals(instance.record().usesContainers()))
          .forEach(instance ->
              settle(
                  engineMissing(instance, "it created containers, and no engine was found here")));
      return false;
    }
    if (!request.instanceIds().isEmpty()) {
      return instances.stream()
          .anyMatch(instance -> !Boolean.FALSE.equals(instance.record().usesContainers()));
    }
    return request.directories().stream().anyMatch(StateDirectory::exists);
  }

  /// Plans, and asks the processes to stop; null if there are none to stop.
  private @Nullable ProcessTreeStopper askProcesses(
      List<ObservedInstance> instances, boolean first) {
    // Used for the few named instances. Among many, one is old, and reading the time zone takes a
    // fresh JVM longer than scanning all processes.
    boolean byWallClock = !request.instanceIds().isEmpty();
    ProcessView view =
        new ProcessView(
            ports.processes(),
            context,
            TimeEvidence.oldestStart(instances, ports.processes(), byWallClock));
    List<ProcessTree> trees = new ArrayList<>();
    if (!first) {
      view.refreshLive();
    }
    List<ProcessPlanner.Plan> plans =
        Parallel.map(ports.workers(), instances, instance -> plan(instance, view));
    for (ProcessPlanner.Plan plan : plans) {
      for (ResourceResult one : plan.settled()) {
        if (isNew(one) || first) {
          settle(one);
          noteUnclaimed(one);
        }
      }
      for (ProcessTree tree : plan.trees()) {
        List<ProcessInfo> members =
            tree.members().stream().filter(member -> !isGivenUp(member)).toList();
        if (!members.isEmpty()) {
          trees.add(tree.with(members));
        }
      }
    }
    if (request.dryRun()) {
      trees.forEach(this::settleDry);
      return null;
    }
    ProcessTreeStopper stopper = new ProcessTreeStopper(ports, context, request.progress());
    if (!trees.isEmpty()) {
      stopper.ask(trees);
    }
    for (ProcessPlanner.Plan plan : plans) {
      if (plan.runaway() != null) {
        stopper.catchRunaways(plan.runaway());
      }
    }
    return stopper.hasAsked() ? stopper : null;
  }

  /// Returns whether an outcome is new in this sweep. A resource that is gone or belongs to another
  /// instance is reported once, at the first check.
  private boolean isNew(ResourceResult one) {
    boolean anew = false;
    for (ProcessInfo process : one.remaining()) {
      anew |= reported.add(key(one.instance(), process));
    }
    ResourceReport report = one.report();
    if (one.remaining().isEmpty() && report.outcome().isLeft()) {
      anew =
          reported.add(one.instance().instanceId() + " " + report.pid() + " " + report.outcome());
    }
    return anew;
  }

  private void noteUnclaimed(ResourceResult one) {
    ResourceReport report = one.report();
    if (report.outcome() == Outcome.UNCLAIMED) {
      String command = ports.processes().command(report.pid());
      unclaimed.add(Unclaimed.process(report.pid(), command, report.reason()));
    }
  }

  private ProcessPlanner.Plan plan(ObservedInstance instance, ProcessView view) {
    try {
      return ProcessPlanner.plan(
          instance,
          view,
          request.ending(instance.instanceId()),
          firstSeen.getOrDefault(instance, new HashMap<>()));
    } catch (RuntimeException defect) {
      log("planning the sweep of an instance failed", defect);
      settle(failed(instance, defect));
      return new ProcessPlanner.Plan(List.of(), List.of(), null);
    }
  }

  private void finish(ProcessTreeStopper stopper, long deadline, boolean last) {
    for (ResourceResult one : stopper.finish(deadline, last)) {
      for (ProcessInfo process : one.remaining()) {
        handled.add(key(process));
        reported.add(key(one.instance(), process));
      }
      settle(one);
    }
  }

  private boolean isGivenUp(ProcessInfo process) {
    return handled.contains(key(process));
  }

  private static String key(ObservedInstance instance, ProcessInfo process) {
    return instance.instanceId() + " " + key(process);
  }

  private static String key(ProcessInfo process) {
    return process.pid() + "@" + process.start();
  }

  private void settleDry(ProcessTree tree) {
    List<Long> pids = tree.members().stream().map(ProcessInfo::pid).toList();
    ResourceReport report =
        new ResourceReport(
            ResourceKind.PROCESS,
            tree.name(),
            tree.root().pid(),
            pids,
            null,
            Outcome.WOULD_STOP,
            tree.reason(),
            0);
    settle(new ResourceResult(tree.instance(), report, List.of()));
  }

  private boolean stopLabelled(List<ObservedInstance> instances, long deadline, boolean first) {
    Look look = EngineScan.look(ports, labelKeys(instances));
    if (first) {
      look.failures().forEach(failure -> engineFailed(instances, failure));
    }
    LabelledResourcePlanner.Sorted sorted = labelled.sort(look.found(), instances, seen, request);
    if (first) {
      unclaimed.addAll(sorted.unclaimed());
    }
    for (LabelledResourcePlanner.Undecided one : sorted.failed()) {
      if (!handled.contains(one.found().key()) && handled.add("asked " + one.found().key())) {
        addUnrecorded(one.instance(), instances);
        settle(
            new ResourceResult(
                one.instance(),
                LabelledResourceStopper.report(
                    one.found().resource(), Outcome.FAILED, one.failure(), 0),
                List.of()));
      }
    }
    Map<Found, ObservedInstance> toStop = new LinkedHashMap<>();
    sorted
        .belonging()
        .forEach((found, instance) -> {
          if (handled.add(found.key())) {
            toStop.put(found, instance);
          }
        });
    toStop.values().forEach(instance -> addUnrecorded(instance, instances));
    if (request.dryRun()) {
      toStop.forEach((found, instance) ->
          settle(
              new ResourceResult(
                  instance,
                  LabelledResourceStopper.report(
                      found.resource(), Outcome.WOULD_STOP, "carries the instance's label", 0),
                  List.of())));
      return false;
    }
    Duration grace = Duration.ofNanos(Math.max(0, deadline - ports.clock().nanoTime()));
    new LabelledResourceStopper(ports, grace).stop(toStop).forEach(this::settle);
    return !toStop.isEmpty();
  }

  private void addUnrecorded(ObservedInstance instance, List<ObservedInstance> instances) {
    if (!instances.contains(instance) && !unrecorded.contains(instance)) {
      unrecorded.add(instance);
    }
  }

  /// Handles an engine that cannot be asked. An instance is not done if it made containers, or if
  /// it is the original's, which may have made some. For any other, it is unknown whether it made
  /// any. A tombstone would stay as long as a user has a socket that leads nowhere. If the engine
  /// comes back, labels and the journal tell a later sweep which instance its containers belong to.
  private void engineFailed(List<ObservedInstance> instances, String failure) {
    for (ObservedInstance instance : instances) {
      Boolean uses = instance.record().usesContainers();
      if (Boolean.TRUE.equals(uses) || (uses == null && instance.record().schema() == 0)) {
        settle(engineMissing(instance, failure));
      } else if (uses == null) {
        String text = "if a server here created containers, they cannot be found: " + failure;
        Problem problem = new Problem(instance.directory().path(), text);
        if (!problems.contains(problem)) {
          problems.add(problem);
        }
      }
    }
  }

  private Set<String> labelKeys(List<ObservedInstance> instances) {
    Set<String> keys = new LinkedHashSet<>();
    for (StateDirectory directory : request.directories()) {
      keys.add(EngineScan.instanceLabel(directory.application()));
    }
    instances.forEach(instance -> keys.add(EngineScan.instanceLabel(instance.application())));
    return keys;
  }

  private static ResourceResult engineMissing(ObservedInstance instance, String reason) {
    return new ResourceResult(
        instance,
        new ResourceReport(
            ResourceKind.CONTAINER, "(engine)", 0, List.of(), null, Outcome.FAILED, reason, 0),
        List.of());
  }

  private void settle(ResourceResult one) {
    synchronized (settled) {
      settled.computeIfAbsent(one.instance(), instance -> new ArrayList<>()).add(one);
    }
  }
}
