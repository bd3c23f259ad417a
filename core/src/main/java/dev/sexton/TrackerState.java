package dev.sexton;

import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectory;
import java.nio.file.Path;
import java.util.Map;

/// What an [InstanceTracker] stands for, and so what it can do.
sealed interface TrackerState
    permits LiveRegistration, TrackerState.Unregistered, TrackerState.Loaded {
  /// Returns the state directory of the instance.
  FileStateDirectory directory();

  /// Returns the record as it was when the tracker was created.
  InstanceRecord initial();

  /// Returns the path of the record.
  default Path file() {
    return directory().file(StateDirectory.recordOf(initial().instanceId()));
  }

  /// Returns a snapshot of the tracked processes.
  default Map<String, TrackedProcess> tracked() {
    return initial().processes();
  }

  /// Registering failed, so only this process knows of the instance.
  record Unregistered(FileStateDirectory directory, InstanceRecord initial)
      implements TrackerState {}

  /// The record was read from a file. Only its owner can change it.
  record Loaded(FileStateDirectory directory, InstanceRecord initial, Path file)
      implements TrackerState {}
}
