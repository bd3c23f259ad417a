package dev.sexton.internal.sweep;

import dev.sexton.RecordException;
import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.lock.InstanceLocks.Held;
import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import dev.sexton.internal.record.RecordReader;
import dev.sexton.internal.state.FileNames;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.InstanceObserver.Leftover;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Cleans up files in `instances/` that have one of our names and are not records, once they
/// provably have no owner: locks without a record and temporary files whose writer is gone. A file
/// that has the name of a record but cannot be read is set aside and never removed, so that it
/// causes no error at every start.
final class LeftoverCleaner {
  /// How long a file must have been unchanged. A file is written in one go, and a minute is
  /// thousands of times longer than that takes.
  private static final Duration SETTLED = Duration.ofMinutes(1);

  private final Ports ports;

  LeftoverCleaner(Ports ports) {
    this.ports = ports;
  }

  /// Removes files that the owners of swept instances were writing when they were killed. Each is a
  /// part of a record that this sweep has read and removed as a whole.
  ///
  /// @param swept the instances whose records this sweep removed, with their directories
  /// @return the files that could not be removed
  List<Problem> dropWrites(List<Leftover> leftovers, Map<String, StateDirectory> swept) {
    List<Problem> problems = new ArrayList<>();
    for (Leftover leftover : leftovers) {
      String name = leftover.name();
      if (FileNames.kind(name) == FileNames.Kind.TEMPORARY
          && leftover.directory().equals(swept.get(FileNames.instanceOf(name)))) {
        try {
          leftover.directory().delete(name);
        } catch (IOException | RuntimeException failed) {
          problems.add(
              new Problem(
                  leftover.directory().file(name),
                  "cannot be tidied away (" + failed.getMessage() + ")"));
        }
      }
    }
    return problems;
  }

  /// Removes or sets aside files that are not usable records.
  ///
  /// @param leftovers every file that is not a usable record
  /// @param instanceIds the instances that have a usable record
  /// @return the files that could not be removed or set aside
  List<Problem> tidy(List<Leftover> leftovers, Set<String> instanceIds) {
    List<Problem> problems = new ArrayList<>();
    for (Leftover leftover : leftovers) {
      try {
        tidy(leftover, instanceIds);
      } catch (IOException | RuntimeException failed) {
        problems.add(
            new Problem(
                leftover.directory().file(leftover.name()),
                "cannot be tidied away (" + failed.getMessage() + ")"));
      }
    }
    return problems;
  }

  private void tidy(Leftover leftover, Set<String> instanceIds) throws IOException {
    StateDirectory directory = leftover.directory();
    String name = leftover.name();
    String id = FileNames.instanceOf(name);
    if (id == null) {
      return; // Not one of our files.
    }
    switch (FileNames.kind(name)) {
      case LOCK -> {
        if (!instanceIds.contains(id)) {
          dropLock(directory, id);
        }
      }
      case TEMPORARY -> {
        if (isSettled(directory, name) && !isOwned(directory, id)) {
          dropTemporary(directory, name);
        }
      }
      case RECORD -> {
        if (leftover.defect() != null
            && isLasting(leftover.defect())
            && isSettled(directory, name)
            && !isOwned(directory, id)
            && isStillSpoilt(directory, name)) {
          directory.setAside(name);
        }
      }
      case SET_ASIDE, FOREIGN -> {}
    }
  }

  /// Returns whether the defect is in the file itself, and not a failed or forbidden read.
  private static boolean isLasting(RecordException defect) {
    return !(defect instanceof RecordException.Unreadable) || defect.getCause() == null;
  }

  /// Checks again, because an owner without a lock may have rewritten its record during the sweep.
  private static boolean isStillSpoilt(StateDirectory directory, String name) {
    try {
      String id = RecordReader.read(directory.read(name).bytes(), name).instanceId();
      return !name.equals(StateDirectory.recordOf(id));
    } catch (RecordException.Missing | RecordException.NoRecord notOurs) {
      return false;
    } catch (RecordException defect) {
      return isLasting(defect);
    }
  }

  /// Handles a temporary file, which is a complete or partial copy of a record. Complete copies
  /// have no use.
  private static void dropTemporary(StateDirectory directory, String name) throws IOException {
    try {
      StateDirectory.Content content = directory.read(name);
      RecordReader.read(content.bytes(), name);
      directory.delete(name);
    } catch (RecordException.Missing | RecordException.NoRecord notOurs) {
      return;
    } catch (RecordException unreadable) {
      directory.setAside(name);
    }
  }

  private void dropLock(StateDirectory directory, String id) throws IOException {
    try (Held lock = ports.locks().lockAsSweeper(directory.lockFile(id))) {
      // Under the lock, because an owner takes its own lock before its record appears.
      boolean unregistered = directory.modified(StateDirectory.recordOf(id)) == null;
      if (lock != null
          && unregistered
          && ports.locks().probeOwner(directory.lockFile(id)) == OwnerByte.FREE) {
        lock.deleteFile();
      }
    }
  }

  private boolean isSettled(StateDirectory directory, String name) {
    Instant modified = directory.modified(name);
    return modified != null && modified.isBefore(ports.processes().wallClock().minus(SETTLED));
  }

  /// Returns whether the lock of the instance in the file's name is held, or that is unknown.
  private boolean isOwned(StateDirectory directory, String id) {
    OwnerByte lock = ports.locks().probeOwner(directory.lockFile(id));
    return lock != OwnerByte.FREE && lock != OwnerByte.MISSING;
  }
}
