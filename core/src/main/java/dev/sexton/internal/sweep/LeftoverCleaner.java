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
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tidies up what lies in {@code instances/}, has a name of ours and is no record, once it is
 * provably nobody's: a lock without a record, a temporary file whose writer is gone. What claims to
 * be a record and cannot be read is set aside, never removed, so that nobody stumbles over it at
 * every start.
 */
final class LeftoverCleaner {
  /**
   * How long a file has to have been left alone. Whoever writes one does so in one go; a minute is
   * thousands of times longer than that takes.
   */
  private static final Duration SETTLED = Duration.ofMinutes(1);

  private final Ports ports;
  private final List<Problem> problems;

  LeftoverCleaner(Ports ports, List<Problem> problems) {
    this.ports = ports;
    this.problems = problems;
  }

  /**
   * Removes what the owners of swept instances were writing when they were killed: a part of a
   * record of which this sweep has read, and removed, the whole.
   *
   * @param swept the instances whose records this sweep removed, and where they were
   */
  void dropWrites(List<Leftover> leftovers, Map<String, StateDirectory> swept) {
    for (Leftover leftover : leftovers) {
      String name = leftover.name();
      if (FileNames.kind(name) == FileNames.Kind.TEMPORARY
          && leftover.directory().equals(swept.get(FileNames.instanceOf(name)))) {
        try {
          leftover.directory().delete(name);
        } catch (IOException | RuntimeException failed) {
          problems.add(
              new Problem(
                  InstanceObserver.path(leftover.directory(), name),
                  "cannot be tidied away (" + failed.getMessage() + ")"));
        }
      }
    }
  }

  /**
   * Tidies up.
   *
   * @param leftovers every file that is no usable record
   * @param instanceIds the instances that have a usable one
   */
  void tidy(List<Leftover> leftovers, Set<String> instanceIds) {
    for (Leftover leftover : leftovers) {
      try {
        tidy(leftover, instanceIds);
      } catch (IOException | RuntimeException failed) {
        problems.add(
            new Problem(
                InstanceObserver.path(leftover.directory(), leftover.name()),
                "cannot be tidied away (" + failed.getMessage() + ")"));
      }
    }
  }

  private void tidy(Leftover leftover, Set<String> instanceIds) throws IOException {
    StateDirectory directory = leftover.directory();
    String name = leftover.name();
    String id = FileNames.instanceOf(name);
    if (id == null) {
      return; // Somebody else's.
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

  /** Whether the defect is the file's own, and not that reading it failed or was not permitted. */
  private static boolean isLasting(RecordException defect) {
    return !(defect instanceof RecordException.Unreadable) || defect.getCause() == null;
  }

  /** The sweep took its time: an owner without a lock may have written its record anew. */
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

  /**
   * A temporary file is a copy of a record, whole or not: the whole ones are of no use to anybody.
   */
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
      // Under the lock: an owner takes its own before its record appears.
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

  /** Whether somebody holds the lock of the instance that the file is named after. */
  private boolean isOwned(StateDirectory directory, String id) {
    OwnerByte lock = ports.locks().probeOwner(directory.lockFile(id));
    return lock != OwnerByte.FREE && lock != OwnerByte.MISSING;
  }
}
