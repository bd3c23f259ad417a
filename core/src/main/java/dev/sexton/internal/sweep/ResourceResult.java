package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.ResourceReport;
import dev.sexton.internal.process.ProcessInfo;
import java.util.List;

/**
 * One resource of which the outcome is known.
 *
 * @param instance whose it is
 * @param report what became of it
 * @param remaining the processes of it that are still there, for the tombstone
 * @param signalled the processes of it that got a signal, for the journal
 */
record ResourceResult(
    ObservedInstance instance,
    ResourceReport report,
    List<ProcessInfo> remaining,
    List<NamedProcess> signalled) {
  /** Of something that was not signalled. */
  ResourceResult(ObservedInstance instance, ResourceReport report, List<ProcessInfo> remaining) {
    this(instance, report, remaining, List.of());
  }

  /** The same with who wanted it added to the reason. */
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

  /** Of a process that is not there, or not the instance's. */
  static ResourceResult absent(
      ObservedInstance instance, String name, long pid, Outcome outcome, String reason) {
    return new ResourceResult(
        instance,
        new ResourceReport(ResourceKind.PROCESS, name, pid, List.of(pid), null, outcome, reason, 0),
        List.of());
  }

  /** Of a process that is there and of which it cannot be judged whether it is the instance's. */
  static ResourceResult unclaimed(
      ObservedInstance instance, String name, ProcessInfo process, String reason) {
    return leftAlone(instance, name, process, Outcome.UNCLAIMED, reason);
  }

  /// Of a process that a rule spares.
  static ResourceResult spared(
      ObservedInstance instance, String name, ProcessInfo process, SparingRules.Sparing sparing) {
    return leftAlone(instance, name, process, sparing.outcome(), sparing.reason());
  }

  /// Of a process that is there and may be the instance's. The record stays for whoever can tell,
  /// but must not name the process: what a record names counts as the instance's own.
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
