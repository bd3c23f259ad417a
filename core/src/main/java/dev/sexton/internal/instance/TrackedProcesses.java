package dev.sexton.internal.instance;

import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.record.RecordReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The processes that an instance tracks, and the number of changes so far. Safe for use by several
/// threads. Its lock is never held during I/O.
final class TrackedProcesses implements WriteBehind.Changes {
  private static final Logger LOG = System.getLogger("dev.sexton");

  private final ProcessTable processes;
  private final Map<String, TrackedProcess> tracked = new LinkedHashMap<>();

  /// Names of processes whose command lines are still to be read, by the next writer.
  private final Set<String> undescribed = new HashSet<>();

  private boolean usesContainers;
  private long version;

  /// The last time that was formatted as text, which takes as long as looking at a process.
  private Instant textAt = Instant.MIN;

  private String text = "";

  TrackedProcesses(ProcessTable processes) {
    this.processes = processes;
  }

  /// A change.
  ///
  /// @param version the number of changes including this one
  /// @param size the number of tracked processes after it
  record Change(long version, int size) {
    /// What was to be changed was so already.
    static final Change NONE = new Change(0, 0);
  }

  /// Everything at one moment.
  ///
  /// @param version the number of changes so far
  record Snapshot(long version, Map<String, TrackedProcess> processes, boolean usesContainers) {}

  /// Tracks a process under a name instead of the process that had it before.
  synchronized Change track(String name, ProcessIdentity identity, Instant at) {
    if (!mayBeTracked(name)) {
      return Change.NONE;
    }
    tracked.put(name, new TrackedProcess(identity.pid(), identity, text(at), ""));
    undescribed.add(name);
    return changed();
  }

  /// Returns whether the limit permits it. A larger record would not be read.
  private boolean mayBeTracked(String name) {
    if (tracked.containsKey(name) || tracked.size() < RecordReader.MAX_PROCESSES) {
      return true;
    }
    LOG.log(
        Level.WARNING,
        "process {0} is not tracked, because a record lists at most {1}: untrack those that have"
            + " ended",
        name,
        RecordReader.MAX_PROCESSES);
    return false;
  }

  private String text(Instant moment) {
    if (!moment.equals(textAt)) {
      text = moment.toString();
      textAt = moment;
    }
    return text;
  }

  /// Stops tracking the process with this name, if there is one.
  synchronized Change untrack(String name) {
    return tracked.remove(name) != null ? changed() : Change.NONE;
  }

  /// Stops tracking this process. Has no effect if the name now belongs to another one.
  synchronized Change untrack(String name, ProcessIdentity process) {
    TrackedProcess current = tracked.get(name);
    return current != null && process.equals(current.identity()) && tracked.remove(name, current)
        ? changed()
        : Change.NONE;
  }

  /// Notes that the instance creates labelled containers.
  synchronized Change useContainers() {
    if (usesContainers) {
      return Change.NONE;
    }
    usesContainers = true;
    return changed();
  }

  /// Counts a change of another part of the record. Wakes whoever waits for changes.
  synchronized Change changed() {
    version++;
    notifyAll();
    return new Change(version, tracked.size());
  }

  @Override
  public synchronized long version() {
    return version;
  }

  /// Returns what is tracked.
  synchronized Map<String, TrackedProcess> copy() {
    return new LinkedHashMap<>(tracked);
  }

  /// Returns everything, after the command lines of new processes were read.
  Snapshot snapshot() {
    describe();
    synchronized (this) {
      return new Snapshot(version, new LinkedHashMap<>(tracked), usesContainers);
    }
  }

  private void describe() {
    Map<String, TrackedProcess> described = new HashMap<>();
    synchronized (this) {
      for (String name : undescribed) {
        TrackedProcess process = tracked.get(name);
        if (process != null) {
          described.put(name, process);
        }
      }
      undescribed.clear();
    }
    for (Map.Entry<String, TrackedProcess> entry : described.entrySet()) {
      TrackedProcess plain = entry.getValue();
      entry.setValue(
          new TrackedProcess(
              plain.pid(), plain.identity(), plain.trackedAt(), processes.command(plain.pid())));
    }
    synchronized (this) {
      for (Map.Entry<String, TrackedProcess> entry : described.entrySet()) {
        // A process that was tracked under the name meanwhile still has to be described itself.
        if (!undescribed.contains(entry.getKey())) {
          tracked.replace(entry.getKey(), entry.getValue());
        }
      }
    }
  }

  @Override
  public synchronized void awaitChange(long after, Duration limit) throws InterruptedException {
    while (version == after) {
      wait(limit.toMillis());
      if (limit.isPositive()) {
        return;
      }
    }
  }
}
