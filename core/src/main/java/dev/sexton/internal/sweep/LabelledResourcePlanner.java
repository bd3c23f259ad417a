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
/// "unclaimed". Before a resource is claimed, it must pass [LabelRules], because a label may come
/// from the image or be a copy.
final class LabelledResourcePlanner {
  /// The result of a scan of the engines.
  ///
  /// @param belonging the resources to stop, each with the instance it belongs to
  /// @param failed resources that may belong to a dead instance, although the engine failed to say
  ///   so
  /// @param unclaimed resources that cannot be judged
  record Sorted(
      Map<Found, ObservedInstance> belonging, List<Undecided> failed, List<Unclaimed> unclaimed) {
    Sorted() {
      this(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  /// A resource that is left alone because its engine failed.
  ///
  /// @param found the resource
  /// @param instance the dead instance that its label names
  /// @param failure why it cannot be determined whether the resource belongs to that instance
  record Undecided(Found found, ObservedInstance instance, String failure) {}

  /// No container is this old. An engine that reports such an age provides no information.
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

  /// Returns why a resource with the label of an instance that has not ended does not provably
  /// belong to it; null if it does.
  @Nullable String doubt(Found found, ObservedInstance living) {
    try {
      Map<String, String> image = found.provider().imageLabels(found.resource());
      return labelRules.objection(evidence(found.resource(), living, image, null));
    } catch (IOException | RuntimeException failed) {
      return imageUnknown(failed);
    }
  }

  /// Returns a resource with the labels that may identify its instance. If it has labels of several
  /// applications, one may be its own and the others those of its image.
  private static LabelledResource telling(Found found) {
    LabelledResource resource = found.resource();
    if (instanceLabels(resource) > 1) {
      try {
        Map<String, String> image = found.provider().imageLabels(resource);
        LabelledResource own = image == null ? resource : without(image, resource);
        return instanceLabels(own) > 0 ? own : resource;
      } catch (IOException | RuntimeException failed) {
        return resource; // A claim asks again.
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

  /// Returns the UUID on a resource's label: that of the directory's application or, because a
  /// directory may hold records of other applications, that of a claimed instance.
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
      return; // Alive, not decidable, another sweeper's, or out of scope.
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
  /// @param withoutRecord whether labels are the only source of information about the instance
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

  /// Returns why a resource of an instance without a record is not claimed if its image's labels
  /// are ignored. The label that says that its owner is dead may come from the image too. The label
  /// with the state directory proves nothing anyway. It only says which sweep is responsible.
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

  /// Returns when a resource was made, by this machine's clock; null if unknown. A resource with a
  /// negative age, which appears if the engine's clock was set back, was made now.
  private @Nullable Instant made(LabelledResource resource) {
    Duration age = resource.age();
    if (age == null || age.compareTo(OLDEST) > 0) {
      return null;
    }
    return ports.processes().wallClock().minus(age.isNegative() ? Duration.ZERO : age);
  }

  private static String imageUnknown(Exception failed) {
    return "it cannot be determined whether the label comes from its image: " + failed.getMessage();
  }

  /// Returns a time, by this machine's clock, at which a dead instance had provably ended; null if
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

  /// Returns why a resource with a dead instance's label does not belong to it; null if it does.
  private @Nullable String objection(
      LabelledResource resource, ObservedInstance dead, Observation seen, SweepRequest request) {
    for (ObservedInstance other : seen.instances()) {
      if (other.instanceId().equals(dead.instanceId())
          && other.verdict().liveness() != Liveness.DEAD) {
        return "another instance with the same UUID is not dead";
      }
    }
    ProcessIdentity labelled = EngineScan.parseOwner(resource.labels().get(EngineScan.OWNER_LABEL));
    ProcessIdentity recorded = dead.record().owner();
    if (labelled == null || labelled.equals(recorded)) {
      return null;
    }
    // The UUID was used a second time, or the record was forged. In that case the label decides.
    Verdict verdict = judge(labelled, OwnerByte.UNKNOWN, resource, request);
    return verdict.liveness() == Liveness.DEAD
        ? null
        : "its label names a different owner than the record: " + verdict.reason();
  }

  /// Returns whether a resource without a record is in the scope of this sweep. Its instance may
  /// have been registered in a directory that the sweep does not cover.
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
        "its instance has no record, and it is unknown whether it is alive: if it is dead, remove"
            + " the resource by hand");
  }

  /// Judges the owner that a label names. If the owner ran in another boot, only the list of boots
  /// in the directory where it registered can prove that the boot is over. Other directories prove
  /// nothing about it.
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

  /// Returns when an instance was swept as dead, according to the journal; empty if it does not
  /// say.
  private String sweptAt(StateDirectory directory, String id) {
    return swept
        .computeIfAbsent(
            directory,
            one -> {
              if (one.untrustedReason() != null) {
                return Map.of(); // Anyone may have written it.
              }
              try {
                return Journal.sweptAt(one);
              } catch (IOException unreadable) {
                return Map.of(); // It proves nothing.
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
