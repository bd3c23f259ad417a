package dev.sexton.internal.sweep;

import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.StartUnit;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.Timestamps;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.spi.LabelledResource;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Collects the evidence with which [LabelRules] decide whether a label proves that a resource
/// belongs to an instance.
final class LabelEvidenceCollector {
  /// No container is this old. An engine that reports such an age provides no information.
  private static final Duration OLDEST = Duration.ofDays(36_500);

  private final ProcessReader processes;
  private final LabelledOwnerJudge owners;

  LabelEvidenceCollector(ProcessReader processes, LabelledOwnerJudge owners) {
    this.processes = processes;
    this.owners = owners;
  }

  /// Returns the evidence about one resource.
  ///
  /// @param instance the instance that its label names
  /// @param image the labels of its image; null if unknown
  /// @param deadSince a time at which the instance had provably ended; null if none is known
  LabelRules.Evidence about(
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
    Duration age = resource.details().age();
    if (age == null || age.compareTo(OLDEST) > 0) {
      return null;
    }
    return processes.wallClock().minus(age.isNegative() ? Duration.ZERO : age);
  }

  /// Returns a time, by this machine's clock, at which a dead instance had provably ended; null if
  /// none is known.
  @Nullable Instant deadSince(ObservedInstance instance, List<? extends StateDirectory> journals) {
    Instant earliest = null;
    InstanceRecord.Tombstone tombstone = instance.record().tombstone();
    if (tombstone != null) {
      earliest = earlier(earliest, tombstone.foundDead());
    }
    for (StateDirectory directory : journals) {
      earliest = earlier(earliest, owners.sweptAt(directory, instance.instanceId()));
    }
    ProcessIdentity owner = instance.record().owner();
    Machine here = processes.machine();
    if (owner != null
        && here.unit() == StartUnit.TICKS
        && !here.host().isEmpty()
        && here.host().equals(owner.machine().host())
        && !here.boot().isEmpty()
        && !owner.machine().boot().isEmpty()
        && !here.boot().equals(owner.machine().boot())) {
      Instant booted = processes.origin(); // It died with its boot, before this one.
      return earliest == null || booted.isBefore(earliest) ? booted : earliest;
    }
    return earliest;
  }

  private static @Nullable Instant earlier(@Nullable Instant left, String text) {
    Instant right = text.isEmpty() ? null : Timestamps.parse(text, ZoneOffset.UTC);
    return left == null || (right != null && right.isBefore(left)) ? right : left;
  }
}
