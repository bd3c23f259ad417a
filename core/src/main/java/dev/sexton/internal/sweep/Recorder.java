package dev.sexton.internal.sweep;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.RecordException;
import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.liveness.PastBoots;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Records the results of a sweep: first the journal, then the record. The record is removed if
/// nothing is left, and otherwise becomes a tombstone.
final class Recorder {
  private final Ports ports;
  private final SweepRequest request;
  private final List<Problem> problems = Collections.synchronizedList(new ArrayList<>());
  private final Journal journal;

  Recorder(Ports ports, SweepRequest request) {
    this.ports = ports;
    this.request = request;
    this.journal = new Journal(ports.processes());
  }

  /// What became of the records.
  ///
  /// @param fates the fates, by the instance's identity
  /// @param problems the records and journals that could not be written
  record RecordResult(IdentityHashMap<ObservedInstance, RecordFate> fates, List<Problem> problems) {
    RecordFate of(ObservedInstance instance) {
      return fates.getOrDefault(instance, RecordFate.KEPT);
    }
  }

  /// The end of one instance.
  ///
  /// @param claim the instance, as claimed by this sweep
  /// @param left those of its resources that may still exist
  /// @param changed whether its record is no longer the one that was claimed
  /// @param lines the lines for the journal
  private record Ending(
      Claim claim, List<ResourceResult> left, boolean changed, List<String> lines) {
    ObservedInstance instance() {
      return claim.instance();
    }
  }

  /// Records the outcomes for all instances. The journal is written first and in one go. If this
  /// sweep is killed in between, it says too much rather than too little.
  ///
  /// @param claims the instances with a record
  /// @param stopped the outcomes for these, and for instances without a record
  RecordResult record(List<Claim> claims, StopResult stopped) {
    IdentityHashMap<ObservedInstance, RecordFate> fates = new IdentityHashMap<>();
    Map<StateDirectory, List<String>> lines = new LinkedHashMap<>();
    List<Ending> endings =
        Parallel.map(
            ports.workers(),
            request.dryRun() ? List.<Claim>of() : claims,
            claim -> ending(claim, stopped.of(claim.instance())));
    for (Ending ending : endings) {
      lines
          .computeIfAbsent(ending.instance().directory(), directory -> new ArrayList<>())
          .addAll(ending.lines());
    }
    for (ObservedInstance instance : stopped.unrecorded()) {
      List<ResourceResult> own = stopped.of(instance);
      boolean gone = left(own).isEmpty() && !request.dryRun();
      fates.put(instance, gone ? RecordFate.REMOVED : RecordFate.KEPT);
      if (!request.dryRun()) {
        lines
            .computeIfAbsent(instance.directory(), directory -> new ArrayList<>())
            .addAll(journal.lines(instance, own));
      }
    }
    lines.forEach(this::append);
    Parallel.<Ending, IdentityHashMap<ObservedInstance, RecordFate>>over(
            ports.workers(),
            endings,
            IdentityHashMap::new,
            (part, ending) -> part.put(ending.instance(), end(ending)))
        .forEach(fates::putAll);
    return new RecordResult(fates, List.copyOf(problems));
  }

  private Ending ending(Claim claim, List<ResourceResult> settled) {
    ObservedInstance instance = claim.instance();
    List<ResourceResult> left = left(settled);
    boolean changed = hasChanged(instance);
    List<String> lines = journal.lines(instance, news(instance, settled, error(left)));
    if (left.isEmpty() && !changed) {
      lines.add(journal.sweptLine(instance));
    }
    return new Ending(claim, left, changed, lines);
  }

  private void append(StateDirectory directory, List<String> lines) {
    try {
      directory.appendJournal(lines);
    } catch (IOException | RuntimeException failed) {
      problems.add(
          new Problem(
              directory.path(), "the journal cannot be written (" + failed.getMessage() + ")"));
    }
  }

  private RecordFate end(Ending ending) {
    ObservedInstance instance = ending.instance();
    Held lock = ending.claim().lock();
    if (ending.changed() || wasWrittenSince(instance) || lock == null) {
      problem(instance, "the record was changed during the sweep: the next sweep handles it");
      return RecordFate.KEPT;
    }
    try {
      if (ending.left().isEmpty()) {
        instance.directory().delete(instance.fileName());
        lock.deleteFile();
        lock.close(); // Here, where threads share the work. The file is already gone.
        instance.removeControlGroup(ports.processes().controlGroups());
        return RecordFate.REMOVED;
      }
      // A tombstone names processes of this boot, which must be provable after the next one.
      PastBoots.note(instance.directory(), ports.processes());
      byte[] tombstone = tombstone(instance, ending.left(), error(ending.left()));
      instance.directory().replace(instance.fileName(), tombstone);
    } catch (IOException | RuntimeException failed) {
      problem(instance, "the record cannot be updated (" + failed.getMessage() + ")");
    }
    return RecordFate.KEPT;
  }

  private static List<ResourceResult> left(List<ResourceResult> settled) {
    List<ResourceResult> left = new ArrayList<>();
    for (ResourceResult one : settled) {
      if (one.report().outcome().isLeft()) {
        left.add(one);
      }
    }
    return left;
  }

  private static String error(List<ResourceResult> left) {
    return left.isEmpty()
        ? ""
        : left.getFirst().report().name() + ": " + left.getFirst().report().reason();
  }

  /// Returns the results that are new to the journal. A refusal is written once, not at every
  /// attempt.
  private static List<ResourceResult> news(
      ObservedInstance instance, List<ResourceResult> settled, String error) {
    Tombstone before = instance.record().tombstone();
    boolean sameRefusal = before != null && before.lastError().equals(error);
    List<ResourceResult> news = new ArrayList<>();
    for (ResourceResult one : settled) {
      if (!(sameRefusal && one.report().outcome().isLeft())) {
        news.add(one);
      }
    }
    return before == null ? news : JournalReader.withoutKnown(instance, news);
  }

  /// Checks a last time, because the journal was written after the record was compared.
  private static boolean wasWrittenSince(ObservedInstance instance) {
    Instant modified = instance.directory().modified(instance.fileName());
    return modified != null && !modified.equals(instance.content().modified());
  }

  /// Returns whether the file is no longer the claimed record, and no longer that of a dead
  /// instance.
  private boolean hasChanged(ObservedInstance instance) {
    StateDirectory directory = instance.directory();
    try {
      return !instance.hasContent(directory.read(instance.fileName()).bytes());
    } catch (RecordException.Missing removedByAnother) {
      return false; // Unlike the original's cleaner, we remember failed stops.
    } catch (RecordException spoilt) {
      return true;
    }
  }

  /// Returns a tombstone's name for a process that a sweep found, with a parenthesis to show that
  /// it did not come from the instance.
  private static String found(String name, long pid) {
    return (name.startsWith("(") ? name : "(below " + name + ")") + " " + pid;
  }

  private byte[] tombstone(ObservedInstance instance, List<ResourceResult> left, String error) {
    InstanceRecord record = instance.record();
    Map<String, TrackedProcess> processes = new LinkedHashMap<>();
    for (ResourceResult one : left) {
      TrackedProcess tracked = record.processes().get(one.report().name());
      if (tracked != null) {
        processes.put(one.report().name(), tracked);
      }
      for (ProcessInfo process : one.remaining()) {
        String trackedAt =
            tracked != null && tracked.pid() == process.pid() ? tracked.trackedAt() : null;
        processes.put(
            trackedAt != null ? one.report().name() : found(one.report().name(), process.pid()),
            tracked(process, trackedAt == null ? "" : trackedAt));
      }
    }
    Tombstone before = record.tombstone();
    Tombstone after =
        new Tombstone(
            before == null ? 1 : before.attempts() + 1,
            error,
            TimeEvidence.written(instance, ports.processes()).toString(),
            before == null ? ports.processes().wallClock().toString() : before.foundDead());
    return RecordWriter.write(
        record.rewritten(record.written(), record.containers(), processes, after, record.source()));
  }

  private TrackedProcess tracked(ProcessInfo process, String trackedAt) {
    ProcessIdentity identity =
        new ProcessIdentity(ports.processes().machine(), process.pid(), process.start());
    return new TrackedProcess(
        process.pid(), identity, trackedAt, ports.processes().command(process.pid()));
  }

  private void problem(ObservedInstance instance, String what) {
    problems.add(new Problem(instance.directory().file(instance.fileName()), what));
  }
}
