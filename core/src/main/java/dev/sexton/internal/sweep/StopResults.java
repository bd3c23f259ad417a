package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.SweepReport.Problem;
import dev.sexton.SweepReport.Unclaimed;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/// Collects the results of the rounds of a sweep. Thread-safe.
final class StopResults {
  private final IdentityHashMap<ObservedInstance, List<ResourceResult>> settled =
      new IdentityHashMap<>();
  private final List<Unclaimed> unclaimed = new ArrayList<>();
  private final List<ObservedInstance> unrecorded = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  synchronized void settle(ResourceResult one) {
    settled.computeIfAbsent(one.instance(), instance -> new ArrayList<>()).add(one);
  }

  synchronized void unclaimed(Unclaimed one) {
    unclaimed.add(one);
  }

  /// Adds a dead instance without a record, once.
  synchronized void unrecorded(ObservedInstance instance) {
    if (!unrecorded.contains(instance)) {
      unrecorded.add(instance);
    }
  }

  /// Adds a problem, once.
  synchronized void problem(Problem problem) {
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  /// Logs an unexpected failure and adds it to the results of the instances. It must not look as if
  /// nothing was found. The logger is looked up only here, because that takes a fresh JVM 10 ms.
  void defect(String what, List<ObservedInstance> instances, RuntimeException defect) {
    System.getLogger("dev.sexton").log(Level.ERROR, what, defect);
    for (ObservedInstance instance : instances) {
      settle(
          ResourceResult.absent(
              instance, "(sweep)", 0, Outcome.FAILED, "a defect in sexton: " + defect));
    }
  }

  /// Returns all results so far.
  synchronized StopResult result() {
    return new StopResult(settled, unrecorded, unclaimed, problems);
  }
}
