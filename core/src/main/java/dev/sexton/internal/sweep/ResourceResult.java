package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.ResourceReport;
import dev.sexton.internal.process.ProcessInfo;
import java.util.List;

/// A resource with a known outcome.
///
/// @param instance the instance it belongs to
/// @param report the outcome
/// @param remaining its processes that still exist, for the tombstone
/// @param signalled its processes that were signalled, for the journal
record ResourceResult(
    ObservedInstance instance,
    ResourceReport report,
    List<ProcessInfo> remaining,
    List<NamedProcess> signalled) {
  /// Creates a result for a resource that was not signalled.
  ResourceResult(ObservedInstance instance, ResourceReport report, List<ProcessInfo> remaining) {
    this(instance, report, remaining, List.of());
  }

  /// Returns the same result with the requester added to the reason.
  ResourceResult because(String cause) {
    ResourceReport said =
        new ResourceReport(
            report.kind(),
            report.name(),
            report.pid(),
            report.pids(),
            report.id(),
            report.outcome(),
            report.reason() + "; " + cause,
            report.millis());
    return new ResourceResult(instance, said, remaining, signalled);
  }

  /// Returns the result for a process that does not exist or is not the instance's.
  static ResourceResult absent(
      ObservedInstance instance, String name, long pid, Outcome outcome, String reason) {
    return new ResourceResult(
        instance,
        new ResourceReport(ResourceKind.PROCESS, name, pid, List.of(pid), null, outcome, reason, 0),
        List.of());
  }

  /// Returns the result for an existing process that may or may not be the instance's.
  static ResourceResult unclaimed(
      ObservedInstance instance, String name, ProcessInfo process, String reason) {
    return leftAlone(instance, name, process, Outcome.UNCLAIMED, reason);
  }

  /// Returns the result for a process that a rule spares.
  static ResourceResult spared(
      ObservedInstance instance, String name, ProcessInfo process, SparingRules.Sparing sparing) {
    return leftAlone(instance, name, process, sparing.outcome(), sparing.reason());
  }

  /// Returns the result for an existing process that may be the instance's. The record is kept for
  /// a sweep that can decide, but must not name the process: a named process counts as the
  /// instance's own.
  static ResourceResult doubtful(ObservedInstance instance, String name, long pid, String reason) {
    return absent(instance, name, pid, Outcome.FAILED, reason);
  }

  private static ResourceResult leftAlone(
      ObservedInstance instance, String name, ProcessInfo process, Outcome outcome, String reason) {
    return new ResourceResult(
        instance,
        new ResourceReport(
            ResourceKind.PROCESS,
            name,
            process.pid(),
            List.of(process.pid()),
            null,
            outcome,
            reason,
            0),
        List.of(process));
  }
}
