package dev.sexton.internal.sweep;

import com.google.gson.JsonObject;
import dev.sexton.Liveness;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.internal.liveness.EvidenceCollector;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.Timestamps;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.EngineScan.Found;
import dev.sexton.internal.sweep.InstanceObserver.Observation;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Assigns each labelled resource to a claimed instance, to a dead instance without a record, or to
/// "unclaimed". What is about to be claimed passes [LabelRules] first: a label may be the image's,
/// or a copy.
final class LabelledResourcePlanner {
  /// What a look at the engines comes to.
  ///
  /// @param belonging what is to be stopped, with the instance that it belongs to
  /// @param failed what may belong to a dead instance, although the engine failed to say so
  /// @param unclaimed what cannot be judged
  record Sorted(
      Map<Found, ObservedInstance> belonging, List<Undecided> failed, List<Unclaimed> unclaimed) {
    Sorted() {
      this(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  /// A resource that is left alone because its engine failed.
  ///
  /// @param found which
  /// @param instance the dead instance that its label names
  /// @param failure why nobody can tell whether it belongs to that instance
  record Undecided(Found found, ObservedInstance instance, String failure) {}

  /// No container is as old as that: an engine that says so says nothing.
  private static final Duration OLDEST = Duration.ofDays(36_500);

  private final Ports ports;
  private final LivenessRules rules;
  private final LabelRules labelRules = new LabelRules();
  private final Map<String, ObservedInstance> withoutRecord = new HashMap<>();
  private final Map<StateDirectory, Map<String, String>> swept = new HashMap<>();

  LabelledResourcePlanner(Ports ports, LivenessRules rules) {
    this.ports = ports;
    this.rules = rules;
  }

  Sorted sort(
      List<Found> found, List<ObservedInstance> claimed, Observation seen, SweepRequest request) {
    Sorted sorted = new Sorted();
    for (Found one : found) {
      LabelledResource telling = telling(one);
      for (StateDirectory directory : request.directories()) {
        String id = labelled(telling, directory.application(), claimed);
        if (id != null && request.concerns(id)) {
          assign(one, id, directory, claimed, seen, request, sorted);
          break;
        }
      }
    }
    return sorted;
  }

  /// Why a resource is not provably its instance's although it carries the label of that instance,
  /// which has not ended; null if it is.
  @Nullable String doubt(Found found, ObservedInstance living) {
    try {
      Map<String, String> image = found.provider().imageLabels(found.resource());
      return labelRules.objection(evidence(found.resource(), living, image, null));
    } catch (IOException | RuntimeException failed) {
      return imageUnknown(failed);
    }
  }

  /// A resource with the labels that may tell whose it is. Where it has those of several
  /// applications, one of them may be its own and the others those of its image.
  private static LabelledResource telling(Found found) {
    LabelledResource resource = found.resource();
    if (instanceLabels(resource) > 1) {
      try {
        Map<String, String> image = found.provider().imageLabels(resource);
        LabelledResource own = image == null ? resource : without(image, resource);
        return instanceLabels(own) > 0 ? own : resource;
      } catch (IOException | RuntimeException failed) {
        return resource; // Whoever claims it asks again.
      }
    }
    return resource;
  }

  private static long instanceLabels(LabelledResource resource) {
    return resource.labels().keySet().stream().filter(EngineScan::isInstanceLabel).count();
  }

  private static LabelledResource without(Map<String, String> image, LabelledResource resource) {
    Map<String, String> own = new HashMap<>(resource.labels());
    own.entrySet().removeAll(image.entrySet());
    return resource.withLabels(own);
  }

  /**
   * The UUID that a resource is labelled with, as one of the directory's application; or, for a
   * directory may hold records of others, as one of a claimed instance's.
   */
  private static @Nullable String labelled(
      LabelledResource resource, String application, List<ObservedInstance> claimed) {
    String id = resource.labels().get(EngineScan.instanceLabel(application));
    for (ObservedInstance instance : claimed) {
      String other = resource.labels().get(EngineScan.instanceLabel(instance.application()));
      if (id == null && instance.instanceId().equals(other)) {
        id = other;
      }
    }
    return id;
  }

  private void assign(
      Found one,
      String id,
      StateDirectory directory,
      List<ObservedInstance> claimed,
      Observation seen,
      SweepRequest request,
      Sorted sorted) {
    LabelledResource resource = one.resource();
    ObservedInstance owner = find(id, claimed);
    if (owner != null) {
      String objection = objection(resource, owner, seen, request);
      if (objection == null) {
        claim(one, owner, false, request, sorted);
      } else {
        sorted.unclaimed().add(unclaimed(resource, objection));
      }
      return;
    }
    if (find(id, seen.instances()) != null || !isInScope(resource, request)) {
      return; // It lives, or cannot be judged, or is another sweeper's, or belongs elsewhere.
    }
    if (hasUnusableRecord(id, seen)) {
      sorted.unclaimed().add(unclaimed(resource, "its record cannot be read"));
      return;
    }
    Verdict verdict = judge(resource, id, request);
    if (verdict.liveness() == Liveness.DEAD) {
      ObservedInstance instance =
          withoutRecord.computeIfAbsent(id, key -> observed(resource, id, directory, verdict));
      claim(one, instance, true, request, sorted);
    } else if (verdict.liveness() == Liveness.UNKNOWN) {
      sorted.unclaimed().add(unclaimed(resource, verdict.reason()));
    }
  }

  /// Claims a resource for the dead instance that its label names, unless the label may be a copy.
  ///
  /// @param withoutRecord whether labels are all that is known of the instance
  private void claim(
      Found one,
      ObservedInstance instance,
      boolean withoutRecord,
      SweepRequest request,
      Sorted sorted) {
    LabelledResource resource = one.resource();
    Map<String, String> image;
    try {
      image = one.provider().imageLabels(resource);
    } catch (IOException | RuntimeException failed) {
      sorted.failed().add(new Undecided(one, instance, imageUnknown(failed)));
      return;
    }
    Instant deadSince = deadSince(instance, withoutRecord ? request.directories() : List.of());
    String objection = labelRules.objection(evidence(resource, instance, image, deadSince));
    if (objection == null && image != null && withoutRecord) {
      objection = objectionWithout(image, resource, instance.instanceId(), request);
    }
    if (objection == null) {
      sorted.belonging().put(one, instance);
    } else {
      sorted.unclaimed().add(unclaimed(resource, objection));
    }
  }

  /// Why a resource of an instance without a record is not claimed once the labels of its image do
  /// not count: the label that says that its owner is dead may be the image's as well. The label
  /// with the state directory proves nothing anyway; it only says whose business the resource is.
  private @Nullable String objectionWithout(
      Map<String, String> image, LabelledResource resource, String id, SweepRequest request) {
    LabelledResource own = without(image, resource);
    if (own.equals(resource)) {
      return null;
    }
    Verdict verdict = judge(own, id, request);
    return verdict.liveness() == Liveness.DEAD ? null : verdict.reason();
  }

  private LabelRules.Evidence evidence(
      LabelledResource resource,
      ObservedInstance instance,
      @Nullable Map<String, String> image,
      @Nullable Instant deadSince) {
    boolean inherited = true;
    for (String application : List.of(instance.application(), instance.directory().application())) {
      String key = EngineScan.instanceLabel(application);
      boolean named = instance.instanceId().equals(resource.labels().get(key));
      inherited &= !named || (image != null && instance.instanceId().equals(image.get(key)));
    }
    return new LabelRules.Evidence(
        resource.kind(), image != null, inherited, made(resource), deadSince);
  }

  /// When a resource was made, by the clock of this machine; null if that is not known. A resource
  /// that is younger than nothing, since the engine's clock was set back, was made just now.
  private @Nullable Instant made(LabelledResource resource) {
    Duration age = resource.age();
    if (age == null || age.compareTo(OLDEST) > 0) {
      return null;
    }
    return ports.processes().wallClock().minus(age.isNegative() ? Duration.ZERO : age);
  }

  private static String imageUnknown(Exception failed) {
    return "its image cannot be asked whether the label is the image's: " + failed.getMessage();
  }

  /// A moment, by the clock of this machine, at which a dead instance had provably ended; null if
  /// none is known.
  private @Nullable Instant deadSince(
      ObservedInstance instance, List<? extends StateDirectory> journals) {
    Instant earliest = null;
    InstanceRecord.Tombstone tombstone = instance.record().tombstone();
    if (tombstone != null) {
      earliest = earlier(earliest, tombstone.foundDead());
    }
    for (StateDirectory directory : journals) {
      earliest = earlier(earliest, sweptAt(directory, instance.instanceId()));
    }
    ProcessIdentity owner = instance.record().owner();
    Machine here = ports.processes().machine();
    if (owner != null
        && here.unit() == Machine.StartUnit.TICKS
        && !here.host().isEmpty()
        && here.host().equals(owner.machine().host())
        && !here.boot().isEmpty()
        && !owner.machine().boot().isEmpty()
        && !here.boot().equals(owner.machine().boot())) {
      Instant booted = ports.processes().startedAt(0); // It died with its boot, before this one.
      return earliest == null || booted.isBefore(earliest) ? booted : earliest;
    }
    return earliest;
  }

  private static @Nullable Instant earlier(@Nullable Instant left, String text) {
    Instant right = text.isEmpty() ? null : Timestamps.parse(text, ZoneOffset.UTC);
    return left == null || (right != null && right.isBefore(left)) ? right : left;
  }

  private static @Nullable ObservedInstance find(String id, List<ObservedInstance> instances) {
    for (ObservedInstance instance : instances) {
      if (instance.instanceId().equals(id)) {
        return instance;
      }
    }
    return null;
  }

  /** Why a resource with a dead instance's label is not its own; null if it is. */
  private @Nullable String objection(
      LabelledResource resource, ObservedInstance dead, Observation seen, SweepRequest request) {
    for (ObservedInstance other : seen.instances()) {
      if (other.instanceId().equals(dead.instanceId())
          && other.verdict().liveness() != Liveness.DEAD) {
        return "another instance has the same UUID, and is not dead";
      }
    }
    ProcessIdentity labelled = EngineScan.parseOwner(resource.labels().get(EngineScan.OWNER_LABEL));
    ProcessIdentity recorded = dead.record().owner();
    if (labelled == null || labelled.equals(recorded)) {
      return null;
    }
    // Somebody else used the same UUID, or the record was forged: then the label decides.
    Verdict verdict = judge(labelled, OwnerByte.UNKNOWN, resource, request);
    return verdict.liveness() == Liveness.DEAD
        ? null
        : "its label names another owner than the record: " + verdict.reason();
  }

  /**
   * Whether a resource without a record lies within what this sweep was asked to look at. The
   * directory in which its instance was registered may be one that it was not.
   */
  private boolean isInScope(LabelledResource resource, SweepRequest request) {
    String directory = resource.labels().get(EngineScan.STATE_LABEL);
    return directory == null
        ? request.everywhere() || isInJournal(resource, request)
        : request.directories().stream().anyMatch(one -> one.path().toString().equals(directory));
  }

  private boolean isInJournal(LabelledResource resource, SweepRequest request) {
    for (StateDirectory directory : request.directories()) {
      String id = resource.labels().get(EngineScan.instanceLabel(directory.application()));
      if (id != null && !sweptAt(directory, id).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasUnusableRecord(String id, Observation seen) {
    return seen.leftovers().stream()
        .anyMatch(one -> one.defect() != null && one.name().equals(StateDirectory.recordOf(id)));
  }

  private Verdict judge(LabelledResource resource, String id, SweepRequest request) {
    if (!InstanceRecord.isUuid(id)) {
      return Verdict.unknown("its label is not the UUID of an instance");
    }
    OwnerByte lock = OwnerByte.MISSING;
    for (StateDirectory directory : request.directories()) {
      OwnerByte asked = ports.locks().probeOwner(directory.lockFile(id));
      if (asked == OwnerByte.HELD || asked == OwnerByte.OURS) {
        lock = asked;
      }
    }
    if (lock != OwnerByte.MISSING) {
      return Verdict.alive("its lock is held");
    }
    ProcessIdentity labelled = EngineScan.parseOwner(resource.labels().get(EngineScan.OWNER_LABEL));
    if (labelled != null) {
      return judge(labelled, lock, resource, request);
    }
    for (StateDirectory directory : request.directories()) {
      String at = sweptAt(directory, id);
      if (!at.isEmpty()) {
        return Verdict.dead("its instance was swept as dead at " + at);
      }
    }
    return Verdict.unknown(
        "its instance has no record, and nothing tells whether it lives: if it is dead, remove it by hand");
  }

  /// Another boot of the owner's is over if the list of boots says so in the directory in which the
  /// owner registered: other directories prove nothing about it.
  private Verdict judge(
      ProcessIdentity labelled, OwnerByte lock, LabelledResource resource, SweepRequest request) {
    String directory = resource.labels().get(EngineScan.STATE_LABEL);
    List<? extends StateDirectory> directories =
        request.directories().stream()
            .filter(one -> directory == null || one.path().toString().equals(directory))
            .toList();
    return rules.judge(
        new EvidenceCollector(ports.processes(), ports.locks()).about(labelled, lock, directories));
  }

  /// When the journal says that an instance was swept as dead; empty if it does not.
  private String sweptAt(StateDirectory directory, String id) {
    return swept
        .computeIfAbsent(
            directory,
            one -> {
              if (one.untrustedReason() != null) {
                return Map.of(); // Then anybody may have written it.
              }
              try {
                return Journal.sweptAt(one);
              } catch (IOException unreadable) {
                return Map.of(); // Then it proves nothing.
              }
            })
        .getOrDefault(id, "");
  }

  private static ObservedInstance observed(
      LabelledResource resource, String id, StateDirectory directory, Verdict verdict) {
    ProcessIdentity owner = EngineScan.parseOwner(resource.labels().get(EngineScan.OWNER_LABEL));
    InstanceRecord record =
        new InstanceRecord(
            id,
            owner == null ? 0 : owner.pid(),
            "",
            InstanceRecord.SCHEMA,
            directory.application(),
            "",
            "",
            owner,
            false,
            -1,
            -1,
            true,
            Map.of(),
            Map.of(),
            null,
            new JsonObject());
    return new ObservedInstance(directory, record, new byte[0], Instant.EPOCH, null, verdict);
  }

  static Unclaimed unclaimed(LabelledResource resource, String reason) {
    return new Unclaimed(resource.kind(), resource.id(), resource.name(), reason);
  }
}
