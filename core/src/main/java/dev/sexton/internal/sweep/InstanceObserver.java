package dev.sexton.internal.sweep;

import dev.sexton.RecordException;
import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.liveness.EvidenceCollector;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Observes and judges instances: reads each record once, and determines whether its owner is
/// alive.
final class InstanceObserver {
  /// The result of scanning the directories.
  ///
  /// @param instances every readable record, judged
  /// @param leftovers every other file
  /// @param problems files that cannot be read or must be ignored
  record Observation(
      List<ObservedInstance> instances, List<Leftover> leftovers, List<Problem> problems) {}

  /// A file in `instances/` that is not a usable record.
  ///
  /// @param directory its directory
  /// @param name its name
  /// @param defect why it is not used as a record; null if its name is not that of a record
  record Leftover(StateDirectory directory, String name, @Nullable RecordException defect) {}

  private final Ports ports;
  private final LivenessRules rules;
  private volatile @Nullable Machine here;

  InstanceObserver(Ports ports, LivenessRules rules) {
    this.ports = ports;
    this.rules = rules;
  }

  /// Returns this machine. It is read once per sweep, because each claim examines only one record.
  private Machine here() {
    Machine known = here;
    if (known == null) {
      known = ports.processes().machine();
      here = known;
    }
    return known;
  }

  Observation observe(SweepRequest request) {
    List<ObservedInstance> instances = new ArrayList<>();
    List<Leftover> leftovers = new ArrayList<>();
    List<Problem> problems = Collections.synchronizedList(new ArrayList<>());
    for (StateDirectory directory : request.directories()) {
      String distrust = directory.untrustedReason();
      if (distrust != null) {
        problems.add(new Problem(directory.path(), distrust));
        continue;
      }
      try {
        observe(directory, request, instances, leftovers, problems);
      } catch (IOException unreadable) {
        problems.add(
            new Problem(
                directory.path(),
                "cannot be read (" + unreadable.getMessage() + "): check its permissions"));
      }
    }
    return new Observation(instances, leftovers, problems);
  }

  /// A directory and the names of its files.
  private record Listing(StateDirectory directory, Set<String> names) {}

  /// The findings of one thread.
  private static final class Part {
    final EvidenceCollector witness;
    final List<ObservedInstance> instances = new ArrayList<>();
    final List<Leftover> leftovers = new ArrayList<>();

    Part(EvidenceCollector witness) {
      this.witness = witness;
    }
  }

  private void observe(
      StateDirectory directory,
      SweepRequest request,
      List<ObservedInstance> instances,
      List<Leftover> leftovers,
      List<Problem> problems)
      throws IOException {
    List<String> names = directory.list();
    Listing listing = new Listing(directory, new HashSet<>(names));
    List<Part> parts =
        Parallel.over(
            ports.workers(),
            names,
            () -> new Part(new EvidenceCollector(ports.processes(), ports.locks())),
            (part, name) -> observe(listing, name, request, part, problems));
    for (Part part : parts) {
      instances.addAll(part.instances);
      leftovers.addAll(part.leftovers);
    }
  }

  private void observe(
      Listing listing, String name, SweepRequest request, Part part, List<Problem> problems) {
    StateDirectory directory = listing.directory();
    String id = StateDirectory.instanceOf(name);
    if (id == null) {
      part.leftovers.add(new Leftover(directory, name, null));
      return;
    }
    if (!request.concerns(id)) {
      return;
    }
    try {
      Path lockFile = listing.names().contains(id + ".lock") ? directory.lockFile(id) : null;
      ObservedInstance observed = observe(directory, id, lockFile, part.witness, problems);
      if (observed != null) {
        part.instances.add(observed);
      }
    } catch (RecordException.Missing unregisteredMeanwhile) {
      // An instance that has unregistered meanwhile needs no report.
    } catch (RecordException defect) {
      problems.add(new Problem(directory.file(name), String.valueOf(defect.getMessage())));
      part.leftovers.add(new Leftover(directory, name, defect));
    } catch (OutOfMemoryError tooMuch) {
      RecordException defect =
          new RecordException.Unreadable(
              directory.file(name), "it needs more memory than this JVM may use", tooMuch);
      problems.add(new Problem(directory.file(name), String.valueOf(defect.getMessage())));
      part.leftovers.add(new Leftover(directory, name, defect));
    }
  }

  /// Reads one record again; null if it is gone or a sweep may no longer act on it.
  @Nullable ObservedInstance again(ObservedInstance before) {
    ObservedInstance now = look(before.directory(), before.instanceId());
    return now == null ? null : withUser(now);
  }

  /// Reads and judges one record; null if there is none that a sweep may act on.
  @Nullable ObservedInstance look(StateDirectory directory, String id) {
    try {
      return observe(
          directory,
          id,
          directory.lockFile(id),
          new EvidenceCollector(ports.processes(), ports.locks(), here()),
          new ArrayList<>());
    } catch (RecordException goneOrSpoilt) {
      return null;
    }
  }

  /// Returns the records of some instances of a directory, as far as they can be read. Judges none.
  List<InstanceRecord> records(StateDirectory directory, Predicate<String> instances) {
    List<InstanceRecord> records = new ArrayList<>();
    try {
      for (String name : directory.list()) {
        String id = StateDirectory.instanceOf(name);
        if (id != null && instances.test(id)) {
          try {
            records.add(directory.read(name).record(new FileName(directory, name)));
          } catch (RecordException | OutOfMemoryError goneOrSpoiltOrTooLarge) {
            // Such a record is no evidence. A scan of all records reports it.
          }
        }
      }
    } catch (IOException unreadable) {
      return records;
    }
    return records;
  }

  private @Nullable ObservedInstance observe(
      StateDirectory directory,
      String id,
      @Nullable Path lockFile,
      EvidenceCollector witness,
      List<Problem> problems)
      throws RecordException {
    String name = StateDirectory.recordOf(id);
    StateDirectory.Content content = directory.read(name);
    if (content.writableByOthers()) {
      problems.add(
          new Problem(
              directory.file(name),
              "can be written by others, so it is ignored: chmod go-w it, or remove it"));
      return null;
    }
    FileName file = new FileName(directory, name);
    InstanceRecord record = content.record(file);
    if (!record.instanceId().equals(id) || !InstanceRecord.isUuid(id)) {
      throw new RecordException.InvalidKey(
          file, "instance_id", "is not the UUID in the file's name");
    }
    Verdict verdict = rules.judge(witness.about(record, content.modified(), lockFile, directory));
    return new ObservedInstance(directory, record, content, null, verdict);
  }

  /// Returns the instance with the user who owns its record file. Only code that acts on the
  /// instance needs the user.
  ObservedInstance withUser(ObservedInstance instance) {
    StateDirectory directory = instance.directory();
    User user = directory.owner(instance.fileName(), ports.processes());
    return new ObservedInstance(
        directory, instance.record(), instance.content(), user, instance.verdict());
  }

  /// A record's file, as messages name it. Most records never need one.
  private record FileName(StateDirectory directory, String name) {
    @Override
    public String toString() {
      return directory.file(name).toString();
    }
  }
}
