package dev.sexton.internal.sweep;

import dev.sexton.InstanceInfo;
import dev.sexton.InstanceReport;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.process.ControlGroups;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.ApplicationName;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.StateDirectory;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An instance as observed and judged. Immutable.
///
/// @param directory the directory of its record
/// @param record the data in the record
/// @param content the file of the record as it was read, to notice a change
/// @param user the record file's owner; null if unknown, or not looked up because nothing acts on
///   it
/// @param verdict the verdict on its liveness
record ObservedInstance(
    StateDirectory directory,
    InstanceRecord record,
    StateDirectory.Content content,
    @Nullable User user,
    Verdict verdict) {

  String instanceId() {
    return record.instanceId();
  }

  /// Returns its identity as reports have it.
  InstanceInfo.Identity identity() {
    return new InstanceInfo.Identity(instanceId(), application(), directory.path());
  }

  /// Returns its owner as reports have it.
  InstanceReport.Owner owner() {
    return new InstanceReport.Owner(record.pid(), record.startedAt());
  }

  String fileName() {
    return StateDirectory.recordOf(record.instanceId());
  }

  String application() {
    String named = record.application();
    return named != null && ApplicationName.isValid(named) ? named : directory.application();
  }

  /// Returns the marker that the processes it launched carry.
  String mark() {
    return InstanceMarker.of(application(), instanceId());
  }

  /// Returns when the owner last wrote the record.
  Instant ownerWrote() {
    return record.ownerWrote(content.modified());
  }

  ObservedInstance judged(Verdict other) {
    return new ObservedInstance(directory, record, content, user, other);
  }

  boolean hasContent(byte[] other) {
    return Arrays.equals(content.bytes(), other);
  }

  /// Returns the control group that only this instance uses; null if it has none.
  @Nullable String controlGroup() {
    return record.surroundings().controlGroup();
  }

  /// Removes its control group, if it has one, unless something is left in it.
  void removeControlGroup(ControlGroups groups) {
    String group = controlGroup();
    if (group != null) {
      groups.remove(group);
    }
  }
}
