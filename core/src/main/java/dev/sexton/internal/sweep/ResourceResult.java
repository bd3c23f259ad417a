package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.ResourceReport;
import dev.sexton.ResourceReport.EngineReport;
import dev.sexton.ResourceReport.LabelledReport;
import dev.sexton.ResourceReport.ProcessReport;
import dev.sexton.ResourceReport.Result;
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
    Result result = report.result();
    Result said = new Result(result.outcome(), result.reason() + "; " + cause, result.millis());
    ResourceReport with =
        switch (report) {
          case ProcessReport process ->
              new ProcessReport(process.name(), process.pid(), process.pids(), said);
          case LabelledReport labelled ->
              new LabelledReport(labelled.kind(), labelled.name(), labelled.id(), said);
          case EngineReport engine -> new EngineReport(said);
        };
    return new ResourceResult(instance, with, remaining, signalled);
  }

  /// Returns the result for a process that does not exist or is not the instance's.
  static ResourceResult absent(
      ObservedInstance instance, String name, long pid, Outcome outcome, String reason) {
    return new ResourceResult(
        instance, new ProcessReport(name, pid, new Result(outcome, reason)), List.of());
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
        new ProcessReport(name, process.pid(), new Result(outcome, reason)),
        List.of(process));
  }
}
