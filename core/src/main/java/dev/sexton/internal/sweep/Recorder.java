package dev.sexton.internal.sweep;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.RecordException;
import dev.sexton.ResourceReport;
import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.lock.InstanceLocks.Held;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.Tombstone;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.record.RecordWriter;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.Claims.Claim;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records what a sweep did: the journal first, then the record, which is removed if nothing is left
 * and otherwise becomes a tombstone.
 */
final class Recorder {
  private final Ports ports;
  private final SweepRequest request;
  private final List<Problem> problems;
  private final String command;

  Recorder(Ports ports, SweepRequest request, List<Problem> problems) {
    this.ports = ports;
    this.request = request;
    this.problems = problems;
    this.command = ports.processes().command(ports.processes().self());
  }

  RecordFate record(Claim claim, List<Settled> settled) {
    Held lock = claim.lock();
    if (request.dryRun() || lock == null) {
      return RecordFate.KEPT;
    }
    Observed instance = claim.instance();
    List<Settled> left = left(settled);
    String error = error(left);
    journal(instance, news(instance, settled, error));
    try {
      if (hasChanged(instance)) {
        problem(instance, "the record was changed during the sweep: it is left to the next one");
        return RecordFate.KEPT;
      }
      if (left.isEmpty()) {
        journalOf(instance).appendSwept(instance);
      }
    } catch (IOException noJournal) {
      problem(instance, "the journal cannot be written (" + noJournal.getMessage() + ")");
    }
    try {
      if (left.isEmpty()) {
        instance.directory().delete(instance.fileName());
        lock.deleteFile();
        return RecordFate.REMOVED;
      }
      instance.directory().replace(instance.fileName(), tombstone(instance, left, error));
    } catch (IOException | RuntimeException failed) {
      problem(instance, "the record cannot be updated (" + failed.getMessage() + ")");
    }
    return RecordFate.KEPT;
  }

  /** Records what became of an instance that has no record. */
  RecordFate recordOrphan(Observed orphan, List<Settled> settled) {
    if (request.dryRun()) {
      return RecordFate.KEPT;
    }
    journal(orphan, settled.stream().map(Settled::report).toList());
    return left(settled).isEmpty() ? RecordFate.REMOVED : RecordFate.KEPT;
  }

  private static List<Settled> left(List<Settled> settled) {
    return settled.stream().filter(one -> one.report().outcome().isLeft()).toList();
  }

  private static String error(List<Settled> left) {
    return left.isEmpty()
        ? ""
        : left.getFirst().report().name() + ": " + left.getFirst().report().reason();
  }

  /** What the journal does not know yet: a refusal is written once, not at every attempt. */
  private static List<ResourceReport> news(Observed instance, List<Settled> settled, String error) {
    Tombstone before = instance.record().tombstone();
    boolean sameRefusal = before != null && before.lastError().equals(error);
    return settled.stream()
        .map(Settled::report)
        .filter(report -> !(sameRefusal && report.outcome().isLeft()))
        .toList();
  }

  private void journal(Observed instance, List<ResourceReport> reports) {
    try {
      journalOf(instance).append(instance, reports);
    } catch (IOException | RuntimeException failed) {
      problem(instance, "the journal cannot be written (" + failed.getMessage() + ")");
    }
  }

  private Journal journalOf(Observed instance) {
    return new Journal(
        instance.directory(), ports.processes().self(), command, ports.processes().wallClock());
  }

  /** Whether the file is no longer the record that was claimed, and no longer a dead instance's. */
  private boolean hasChanged(Observed instance) {
    StateDirectory directory = instance.directory();
    try {
      return !instance.hasContent(directory.read(instance.fileName()).bytes());
    } catch (RecordException.Missing removedByAnother) {
      return false; // The original's cleaner forgets what it could not stop; we do not.
    } catch (RecordException spoilt) {
      return true;
    }
  }

  private byte[] tombstone(Observed instance, List<Settled> left, String error) {
    InstanceRecord record = instance.record();
    Map<String, TrackedProcess> processes = new LinkedHashMap<>();
    for (Settled one : left) {
      TrackedProcess tracked = record.processes().get(one.report().name());
      if (tracked != null) {
        processes.put(one.report().name(), tracked);
      }
      for (ProcessInfo process : one.remaining()) {
        String trackedAt =
            tracked != null && tracked.pid() == process.pid() ? tracked.trackedAt() : null;
        processes.put(
            trackedAt != null ? one.report().name() : one.report().name() + " " + process.pid(),
            tracked(process, trackedAt == null ? "" : trackedAt));
      }
    }
    Tombstone before = record.tombstone();
    Tombstone after =
        new Tombstone(
            before == null ? 1 : before.attempts() + 1, error, instance.ownerWrote().toString());
    return RecordWriter.write(
        new InstanceRecord(
            record.instanceId(),
            record.pid(),
            record.startedAt(),
            record.schema(),
            record.application(),
            record.name(),
            record.command(),
            record.owner(),
            record.ownerHoldsLock(),
            record.startedUnits(),
            record.writtenUnits(),
            record.usesContainers(),
            processes,
            Map.of(),
            after,
            record.source()));
  }

  private TrackedProcess tracked(ProcessInfo process, String trackedAt) {
    ProcessIdentity identity =
        new ProcessIdentity(ports.processes().machine(), process.pid(), process.start());
    return new TrackedProcess(
        process.pid(), identity, trackedAt, ports.processes().command(process.pid()));
  }

  private void problem(Observed instance, String what) {
    problems.add(new Problem(Observer.path(instance.directory(), instance.fileName()), what));
  }
}
