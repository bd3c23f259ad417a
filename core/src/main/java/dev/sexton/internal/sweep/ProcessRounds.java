package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.ResourceReport.ProcessReport;
import dev.sexton.ResourceReport.Result;
import dev.sexton.SweepReport.UnclaimedProcess;
import dev.sexton.internal.process.ProcessInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Plans and stops the processes of the claimed instances, in rounds. Each outcome is reported
/// once.
final class ProcessRounds {
  private final Ports ports;
  private final SweepRequest request;
  private final SparingContext context;
  private final List<ObservedInstance> instances;
  private final StopResults results;

  /// Processes that did not end, and that later rounds leave alone.
  private final Set<String> givenUp = ConcurrentHashMap.newKeySet();

  /// Processes with a known outcome, each with the instance for which it was reported.
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  private final IdentityHashMap<ObservedInstance, Map<String, ProcessInfo>> firstSeen =
      new IdentityHashMap<>();

  ProcessRounds(
      Ports ports,
      SweepRequest request,
      SparingContext context,
      List<ObservedInstance> instances,
      StopResults results) {
    this.ports = ports;
    this.request = request;
    this.context = context;
    this.instances = instances;
    this.results = results;
    instances.forEach(instance -> firstSeen.put(instance, new HashMap<>()));
  }

  /// Plans, and asks the processes to stop. Returns what stops them; null if there are none.
  @Nullable ProcessTreeStopper ask(boolean first) {
    // Used for the few named instances. Among many, one is old, and reading the time zone takes a
    // fresh JVM longer than scanning all processes.
    boolean byWallClock = !request.instanceIds().isEmpty();
    ProcessView view =
        new ProcessView(
            ports.processes(),
            context,
            TimeEvidence.oldestStart(instances, ports.processes(), byWallClock));
    if (!first) {
      view.refreshLive();
    }
    List<ProcessPlanner.Plan> plans =
        Parallel.map(ports.workers(), instances, instance -> plan(instance, view));
    List<ProcessTree> trees = new ArrayList<>();
    for (ProcessPlanner.Plan plan : plans) {
      settle(plan.settled(), first);
      trees.addAll(withoutGivenUp(plan.trees()));
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

  private ProcessPlanner.Plan plan(ObservedInstance instance, ProcessView view) {
    try {
      return ProcessPlanner.plan(
          instance,
          view,
          request.ending(instance.instanceId()),
          firstSeen.getOrDefault(instance, new HashMap<>()));
    } catch (RuntimeException defect) {
      results.defect("planning the sweep of an instance failed", List.of(instance), defect);
      return new ProcessPlanner.Plan(List.of(), List.of(), null);
    }
  }

  private void settle(List<ResourceResult> settled, boolean first) {
    for (ResourceResult one : settled) {
      if (isNew(one) || first) {
        results.settle(one);
        noteUnclaimed(one);
      }
    }
  }

  /// Returns whether an outcome is new in this sweep. A resource that is gone or belongs to another
  /// instance is reported once, at the first check.
  private boolean isNew(ResourceResult one) {
    boolean anew = false;
    for (ProcessInfo process : one.remaining()) {
      anew |= reported.add(key(one.instance(), process));
    }
    if (one.remaining().isEmpty()
        && one.report() instanceof ProcessReport report
        && report.outcome().isLeft()) {
      anew =
          reported.add(one.instance().instanceId() + " " + report.pid() + " " + report.outcome());
    }
    return anew;
  }

  private void noteUnclaimed(ResourceResult one) {
    if (one.report() instanceof ProcessReport report && report.outcome() == Outcome.UNCLAIMED) {
      String command = ports.processes().command(report.pid());
      results.unclaimed(new UnclaimedProcess(report.pid(), command, report.reason()));
    }
  }

  private List<ProcessTree> withoutGivenUp(List<ProcessTree> planned) {
    List<ProcessTree> trees = new ArrayList<>();
    for (ProcessTree tree : planned) {
      List<ProcessInfo> members =
          tree.members().stream().filter(member -> !givenUp.contains(key(member))).toList();
      if (!members.isEmpty()) {
        trees.add(tree.with(members));
      }
    }
    return trees;
  }

  private void settleDry(ProcessTree tree) {
    List<Long> pids = tree.members().stream().map(ProcessInfo::pid).toList();
    Result result = new Result(Outcome.WOULD_STOP, tree.reason());
    ProcessReport report = new ProcessReport(tree.name(), tree.root().pid(), pids, result);
    results.settle(new ResourceResult(tree.instance(), report, List.of()));
  }

  /// Waits for the processes that were asked, and forces them at the deadline.
  ///
  /// @param deadline in nanoseconds of the sweep's clock
  /// @param last whether no round follows
  void finish(ProcessTreeStopper stopper, long deadline, boolean last) {
    for (ResourceResult one : stopper.finish(deadline, last)) {
      for (ProcessInfo process : one.remaining()) {
        givenUp.add(key(process));
        reported.add(key(one.instance(), process));
      }
      results.settle(one);
    }
  }

  private static String key(ObservedInstance instance, ProcessInfo process) {
    return instance.instanceId() + " " + key(process);
  }

  private static String key(ProcessInfo process) {
    return process.pid() + "@" + process.start().value();
  }
}
