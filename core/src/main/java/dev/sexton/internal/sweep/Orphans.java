package dev.sexton.internal.sweep;

import com.google.gson.JsonObject;
import dev.sexton.Liveness;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.liveness.Witness;
import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.Engines.Found;
import dev.sexton.internal.sweep.Observer.Observation;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides whose a labelled resource is: a claimed instance's, that of an instance without a record
 * which is provably dead all the same, or nobody's that can be told.
 */
final class Orphans {
  /**
   * What a look at the engines comes to.
   *
   * @param belonging what is to be stopped, with the instance that it belongs to
   * @param unclaimed what cannot be judged
   */
  record Sorted(Map<Found, Observed> belonging, List<Unclaimed> unclaimed) {}

  private final Ports ports;
  private final LivenessRules rules;
  private final Map<String, Observed> withoutRecord = new HashMap<>();

  Orphans(Ports ports, LivenessRules rules) {
    this.ports = ports;
    this.rules = rules;
  }

  Sorted sort(List<Found> found, List<Observed> claimed, Observation seen, SweepRequest request) {
    Map<Found, Observed> belonging = new LinkedHashMap<>();
    List<Unclaimed> unclaimed = new ArrayList<>();
    for (Found one : found) {
      for (StateDirectory directory : request.directories()) {
        String id = labelled(one.resource(), directory.application(), claimed);
        if (id != null && request.concerns(id)) {
          assign(one, id, directory, claimed, seen, request, belonging, unclaimed);
          break;
        }
      }
    }
    return new Sorted(belonging, unclaimed);
  }

  /**
   * The UUID that a resource is labelled with, as one of the directory's application; or, for a
   * directory may hold records of others, as one of a claimed instance's.
   */
  private static @Nullable String labelled(
      LabelledResource resource, String application, List<Observed> claimed) {
    String id = resource.labels().get(Engines.instanceLabel(application));
    for (Observed instance : claimed) {
      String other = resource.labels().get(Engines.instanceLabel(instance.application()));
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
      List<Observed> claimed,
      Observation seen,
      SweepRequest request,
      Map<Found, Observed> belonging,
      List<Unclaimed> unclaimed) {
    LabelledResource resource = one.resource();
    Observed owner = find(id, claimed);
    if (owner != null) {
      String objection = objection(resource, owner, seen, request);
      if (objection == null) {
        belonging.put(one, owner);
      } else {
        unclaimed.add(unclaimed(resource, objection));
      }
      return;
    }
    if (find(id, seen.instances()) != null || !isInScope(resource, request)) {
      return; // It lives, or cannot be judged, or is another sweeper's, or belongs elsewhere.
    }
    if (hasUnusableRecord(id, seen)) {
      unclaimed.add(unclaimed(resource, "its record cannot be read"));
      return;
    }
    Verdict verdict = judge(resource, id, request);
    if (verdict.liveness() == Liveness.DEAD) {
      belonging.put(
          one,
          withoutRecord.computeIfAbsent(id, key -> observed(resource, id, directory, verdict)));
    } else if (verdict.liveness() == Liveness.UNKNOWN) {
      unclaimed.add(unclaimed(resource, verdict.reason()));
    }
  }

  private static @Nullable Observed find(String id, List<Observed> instances) {
    for (Observed instance : instances) {
      if (instance.instanceId().equals(id)) {
        return instance;
      }
    }
    return null;
  }

  /** Why a resource with a dead instance's label is not its own; null if it is. */
  private @Nullable String objection(
      LabelledResource resource, Observed dead, Observation seen, SweepRequest request) {
    for (Observed other : seen.instances()) {
      if (other.instanceId().equals(dead.instanceId())
          && other.verdict().liveness() != Liveness.DEAD) {
        return "another instance has the same UUID, and is not dead";
      }
    }
    ProcessIdentity labelled = Engines.parseOwner(resource.labels().get(Engines.OWNER_LABEL));
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
  private static boolean isInScope(LabelledResource resource, SweepRequest request) {
    String directory = resource.labels().get(Engines.STATE_LABEL);
    return directory == null
        ? request.everywhere() || isInJournal(resource, request)
        : request.directories().stream().anyMatch(one -> one.path().toString().equals(directory));
  }

  private static boolean isInJournal(LabelledResource resource, SweepRequest request) {
    for (StateDirectory directory : request.directories()) {
      String id = resource.labels().get(Engines.instanceLabel(directory.application()));
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
      OwnerByte asked = ports.locks().owner(directory.lockFile(id));
      if (asked == OwnerByte.HELD || asked == OwnerByte.OURS) {
        lock = asked;
      }
    }
    if (lock != OwnerByte.MISSING) {
      return Verdict.alive("its lock is held");
    }
    ProcessIdentity labelled = Engines.parseOwner(resource.labels().get(Engines.OWNER_LABEL));
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
    String directory = resource.labels().get(Engines.STATE_LABEL);
    List<? extends StateDirectory> directories =
        request.directories().stream()
            .filter(one -> directory == null || one.path().toString().equals(directory))
            .toList();
    return rules.judge(
        new Witness(ports.processes(), ports.locks()).about(labelled, lock, directories));
  }

  private static String sweptAt(StateDirectory directory, String id) {
    if (directory.distrust() != null) {
      return ""; // Then anybody may have written it.
    }
    try {
      return Journal.sweptAt(directory, id);
    } catch (IOException unreadable) {
      return ""; // Then it proves nothing.
    }
  }

  private static Observed observed(
      LabelledResource resource, String id, StateDirectory directory, Verdict verdict) {
    ProcessIdentity owner = Engines.parseOwner(resource.labels().get(Engines.OWNER_LABEL));
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
    return new Observed(directory, record, new byte[0], Instant.EPOCH, null, verdict);
  }

  private static Unclaimed unclaimed(LabelledResource resource, String reason) {
    return new Unclaimed(resource.kind(), resource.id(), resource.name(), reason);
  }
}
