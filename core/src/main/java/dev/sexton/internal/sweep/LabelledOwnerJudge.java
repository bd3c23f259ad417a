package dev.sexton.internal.sweep;

import dev.sexton.internal.liveness.EvidenceCollector;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Determines whether the owners that labels name are alive. The evidence is the labels, the locks
/// and the journals of the state directories; each journal is read once.
final class LabelledOwnerJudge {
  private final Ports ports;
  private final LivenessRules rules;
  private final Map<StateDirectory, Map<String, String>> swept = new HashMap<>();

  LabelledOwnerJudge(Ports ports, LivenessRules rules) {
    this.ports = ports;
    this.rules = rules;
  }

  /// Judges the instance with this UUID that has no record.
  ///
  /// @param resource a resource with its label
  Verdict judge(LabelledResource resource, String id, SweepRequest request) {
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
  Verdict judge(
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
  String sweptAt(StateDirectory directory, String id) {
    return swept
        .computeIfAbsent(
            directory,
            one -> {
              if (one.untrustedReason() != null) {
                return Map.of(); // Anyone may have written it.
              }
              try {
                return JournalReader.sweptAt(one);
              } catch (IOException unreadable) {
                return Map.of(); // It proves nothing.
              }
            })
        .getOrDefault(id, "");
  }
}
