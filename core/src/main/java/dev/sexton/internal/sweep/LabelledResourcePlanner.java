package dev.sexton.internal.sweep;

import dev.sexton.Liveness;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.SweepReport.UnclaimedLabelled;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.EngineScan.Found;
import dev.sexton.internal.sweep.InstanceObserver.Observation;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.time.Instant;
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

  /// The input of a scan, and its result so far.
  private record Scan(
      List<ObservedInstance> claimed, Observation seen, SweepRequest request, Sorted sorted) {}

  /// A resource that is left alone because its engine failed.
  ///
  /// @param found the resource
  /// @param instance the dead instance that its label names
  /// @param failure why it cannot be determined whether the resource belongs to that instance
  record Undecided(Found found, ObservedInstance instance, String failure) {}

  private final LabelledOwnerJudge owners;
  private final LabelEvidenceCollector evidence;
  private final LabelRules labelRules = new LabelRules();
  private final Map<String, ObservedInstance> withoutRecord = new HashMap<>();

  LabelledResourcePlanner(Ports ports, LivenessRules rules) {
    this.owners = new LabelledOwnerJudge(ports, rules);
    this.evidence = new LabelEvidenceCollector(ports.processes(), owners);
  }

  Sorted sort(
      List<Found> found, List<ObservedInstance> claimed, Observation seen, SweepRequest request) {
    Sorted sorted = new Sorted();
    Scan scan = new Scan(claimed, seen, request, sorted);
    for (Found one : found) {
      LabelledResource telling = telling(one);
      for (StateDirectory directory : request.directories()) {
        String id = labelled(telling, directory.application(), claimed);
        if (id != null && request.concerns(id)) {
          assign(one, id, directory, scan);
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
      return labelRules.objection(evidence.about(found.resource(), living, image, null));
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

  private void assign(Found one, String id, StateDirectory directory, Scan scan) {
    Observation seen = scan.seen();
    SweepRequest request = scan.request();
    List<Unclaimed> unclaimed = scan.sorted().unclaimed();
    LabelledResource resource = one.resource();
    ObservedInstance owner = find(id, scan.claimed());
    if (owner != null) {
      String objection = objection(resource, owner, seen, request);
      if (objection == null) {
        claim(one, owner, false, scan);
      } else {
        unclaimed.add(unclaimed(resource, objection));
      }
      return;
    }
    if (find(id, seen.instances()) != null || !isInScope(resource, request)) {
      return; // Alive, not decidable, another sweeper's, or out of scope.
    }
    if (hasUnusableRecord(id, seen)) {
      unclaimed.add(unclaimed(resource, "its record cannot be read"));
      return;
    }
    Verdict verdict = owners.judge(resource, id, request);
    if (verdict.liveness() == Liveness.DEAD) {
      ObservedInstance instance =
          withoutRecord.computeIfAbsent(id, key -> observed(resource, id, directory, verdict));
      claim(one, instance, true, scan);
    } else if (verdict.liveness() == Liveness.UNKNOWN) {
      unclaimed.add(unclaimed(resource, verdict.reason()));
    }
  }

  /// Claims a resource for the dead instance that its label names, unless the label may be a copy.
  ///
  /// @param withoutRecord whether labels are the only source of information about the instance
  private void claim(Found one, ObservedInstance instance, boolean withoutRecord, Scan scan) {
    SweepRequest request = scan.request();
    Sorted sorted = scan.sorted();
    LabelledResource resource = one.resource();
    Map<String, String> image;
    try {
      image = one.provider().imageLabels(resource);
    } catch (IOException | RuntimeException failed) {
      sorted.failed().add(new Undecided(one, instance, imageUnknown(failed)));
      return;
    }
    Instant deadSince =
        evidence.deadSince(instance, withoutRecord ? request.directories() : List.of());
    String objection = labelRules.objection(evidence.about(resource, instance, image, deadSince));
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
    Verdict verdict = owners.judge(own, id, request);
    return verdict.liveness() == Liveness.DEAD ? null : verdict.reason();
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
    Verdict verdict = owners.judge(labelled, OwnerByte.UNKNOWN, resource, request);
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
      if (id != null && !owners.sweptAt(directory, id).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasUnusableRecord(String id, Observation seen) {
    return seen.leftovers().stream()
        .anyMatch(one -> one.defect() != null && one.name().equals(StateDirectory.recordOf(id)));
  }

  private static String imageUnknown(Exception failed) {
    return "it cannot be determined whether the label comes from its image: " + failed.getMessage();
  }

  private static ObservedInstance observed(
      LabelledResource resource, String id, StateDirectory directory, Verdict verdict) {
    ProcessIdentity owner = EngineScan.parseOwner(resource.labels().get(EngineScan.OWNER_LABEL));
    InstanceRecord record =
        InstanceRecord.builder(id, owner == null ? 0 : owner.pid(), "")
            .application(directory.application())
            .owner(owner, false)
            .containers(ContainerUse.USED)
            .build();
    return new ObservedInstance(
        directory,
        record,
        new StateDirectory.Content(new byte[0], Instant.EPOCH, false),
        null,
        verdict);
  }

  static Unclaimed unclaimed(LabelledResource resource, String reason) {
    return new UnclaimedLabelled(resource.kind(), resource.id(), resource.name(), reason);
  }
}
