package dev.sexton.internal.sweep;

import dev.sexton.SweepReport.Problem;
import dev.sexton.SweepReport.Unclaimed;
import java.util.IdentityHashMap;
import java.util.List;

/// The results of the rounds of a sweep.
///
/// @param settled the outcomes for the resources of each instance, by the instance's identity
/// @param unrecorded dead instances without a record that have left containers
/// @param unclaimed resources that may belong to an instance whose state cannot be determined
/// @param problems the engines that could not be asked for containers that may or may not exist
record StopResult(
    IdentityHashMap<ObservedInstance, List<ResourceResult>> settled,
    List<ObservedInstance> unrecorded,
    List<Unclaimed> unclaimed,
    List<Problem> problems) {
  StopResult {
    settled = new IdentityHashMap<>(settled);
    unrecorded = List.copyOf(unrecorded);
    unclaimed = List.copyOf(unclaimed);
    problems = List.copyOf(problems);
  }

  /// Returns the outcomes for the resources of an instance.
  List<ResourceResult> of(ObservedInstance instance) {
    return settled.getOrDefault(instance, List.of());
  }
}
