package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.ResourceReport.EngineReport;
import dev.sexton.ResourceReport.Result;
import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.EngineScan.Failure;
import dev.sexton.internal.sweep.EngineScan.Found;
import dev.sexton.internal.sweep.EngineScan.Look;
import dev.sexton.internal.sweep.InstanceObserver.Observation;
import dev.sexton.internal.sweep.LabelledResourcePlanner.Sorted;
import dev.sexton.internal.sweep.LabelledResourcePlanner.Undecided;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Plans and stops the labelled resources of dead instances, in rounds. Each outcome is reported
/// once. For use by one thread at a time.
final class LabelledResourceRounds {
  private final Ports ports;
  private final SweepRequest request;
  private final Observation seen;
  private final LabelledResourcePlanner planner;
  private final StopResults results;
  private final Set<String> handled = ConcurrentHashMap.newKeySet();

  LabelledResourceRounds(
      Ports ports,
      SweepRequest request,
      Observation seen,
      LabelledResourcePlanner planner,
      StopResults results) {
    this.ports = ports;
    this.request = request;
    this.seen = seen;
    this.planner = planner;
    this.results = results;
  }

  /// Returns whether anything here can have left labelled containers.
  boolean areNeeded(List<ObservedInstance> instances) {
    if (ports.providers().isEmpty()) {
      AskedEngines engines = AskedEngines.about(instances, ports, request);
      instances.stream()
          .filter(instance -> instance.record().containers() == ContainerUse.USED)
          .filter(instance ->
              engines.all().stream().noneMatch(engine -> engines.concerns(engine, instance)))
          .forEach(instance ->
              results.settle(
                  engineMissing(instance, "it created containers, and no engine was found here")));
      return !engines.all().isEmpty();
    }
    if (!request.instanceIds().isEmpty()) {
      return instances.stream()
          .anyMatch(instance -> instance.record().containers() != ContainerUse.UNUSED);
    }
    return request.directories().stream().anyMatch(StateDirectory::exists);
  }

  /// Finds and stops the resources of these instances, and of dead instances without a record.
  ///
  /// @param deadline when containers are forced, in nanoseconds of the sweep's clock
  /// @return whether there were any to stop
  boolean stop(List<ObservedInstance> instances, long deadline, boolean first) {
    AskedEngines engines = AskedEngines.about(instances, ports, request);
    Look look = EngineScan.look(engines.all(), ports.workers(), labelKeys(instances));
    if (first) {
      engines.refused().forEach((instance, reason) -> engineFailed(List.of(instance), reason));
      for (Failure failure : look.failures()) {
        List<ObservedInstance> concerned =
            instances.stream()
                .filter(instance -> engines.concerns(failure.provider(), instance))
                .toList();
        engineFailed(concerned, failure.reason());
      }
    }
    Sorted sorted = planner.sort(look.found(), instances, seen, request);
    if (first) {
      sorted.unclaimed().forEach(results::unclaimed);
    }
    sorted.failed().forEach(one -> settle(one, instances));
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
      toStop.forEach(this::settleDry);
      return false;
    }
    Duration grace = Duration.ofNanos(Math.max(0, deadline - ports.clock().nanoTime()));
    new LabelledResourceStopper(ports, grace).stop(toStop).forEach(results::settle);
    return !toStop.isEmpty();
  }

  private void settle(Undecided one, List<ObservedInstance> instances) {
    if (!handled.contains(one.found().key()) && handled.add("asked " + one.found().key())) {
      addUnrecorded(one.instance(), instances);
      results.settle(
          new ResourceResult(
              one.instance(),
              LabelledResourceStopper.report(
                  one.found().resource(), Outcome.FAILED, one.failure(), 0),
              List.of()));
    }
  }

  private void settleDry(Found found, ObservedInstance instance) {
    results.settle(
        new ResourceResult(
            instance,
            LabelledResourceStopper.report(
                found.resource(), Outcome.WOULD_STOP, "carries the instance's label", 0),
            List.of()));
  }

  private void addUnrecorded(ObservedInstance instance, List<ObservedInstance> instances) {
    if (!instances.contains(instance)) {
      results.unrecorded(instance);
    }
  }

  /// Handles an engine that cannot be asked. An instance is not done if it made containers, or if
  /// it is the original's, which may have made some. For any other, it is unknown whether it made
  /// any. A tombstone would stay as long as a user has a socket that leads nowhere. If the engine
  /// comes back, labels and the journal tell a later sweep which instance its containers belong to.
  private void engineFailed(List<ObservedInstance> instances, String failure) {
    for (ObservedInstance instance : instances) {
      ContainerUse use = instance.record().containers();
      boolean isOriginals = instance.record().schema() == 0;
      if (use == ContainerUse.USED || (use == ContainerUse.UNKNOWN && isOriginals)) {
        results.settle(engineMissing(instance, failure));
      } else if (use == ContainerUse.UNKNOWN) {
        String text = "if a server here created containers, they cannot be found: " + failure;
        results.problem(new Problem(instance.directory().path(), text));
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
        instance, new EngineReport(new Result(Outcome.FAILED, reason)), List.of());
  }
}
