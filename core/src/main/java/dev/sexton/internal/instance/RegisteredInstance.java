package dev.sexton.internal.instance;

import com.google.gson.JsonObject;
import dev.sexton.RecordException;
import dev.sexton.internal.lock.InstanceLocks;
import dev.sexton.internal.lock.InstanceLocks.Held;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.record.RecordReader;
import dev.sexton.internal.record.RecordWriter;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The record of an instance that this process owns, and its lock. Threads that change it at the
/// same time share one write. While the record is small, a change is in the file when the call
/// returns. Once it is so large that writing costs more than tracking, changes are written in the
/// background a few milliseconds later. So tracking n processes costs n and not n².
public final class RegisteredInstance {
  private static final Logger LOG = System.getLogger("dev.sexton");

  /// Up to this number of processes, a change is written before the call returns.
  private static final int WRITE_THROUGH = 64;

  /// Recorded as the start time when the process exited before tracking. No real process has start
  /// time 0, so a reused PID never matches. A PID alone would prove too much.
  private static final long GONE = 0;

  private final StateDirectory directory;
  private final ProcessTable processes;
  private final String instanceId;
  private final String fileName;
  private final TrackedProcesses tracked;
  private final WriteBehind background;
  private volatile InstanceRecord initial;

  /// Whether creating a control group was attempted.
  private boolean hasTriedGroup;

  /// Guards the file. Taken before the lock of what is tracked, never within it.
  private final Object file = new Object();

  private @Nullable Held lock;
  private long writtenVersion;
  private @Nullable Instant writtenAt;
  private JsonObject unknownKeys = new JsonObject();
  private boolean ended;

  private RegisteredInstance(
      StateDirectory directory, ProcessTable processes, InstanceRecord initial) {
    this.directory = directory;
    this.processes = processes;
    this.instanceId = initial.instanceId();
    this.fileName = StateDirectory.recordOf(instanceId);
    this.initial = initial;
    this.tracked = new TrackedProcesses(processes);
    this.background =
        new WriteBehind(this::writeUpTo, this::hasEnded, tracked, WriteBehind.SYSTEM_CLOCK);
  }

  /// Creates and takes the lock, and then makes the record visible.
  ///
  /// @throws IOException if the record cannot be written
  public static RegisteredInstance register(
      StateDirectory directory,
      ProcessTable processes,
      InstanceLocks locks,
      InstanceDescription description)
      throws IOException {
    PreparedDirectory.prepare(directory, processes);
    Held lock = null;
    try {
      lock = locks.lockAsOwner(directory.lockFile(description.instanceId()));
    } catch (IOException noLocksHere) {
      LOG.log(
          Level.WARNING,
          "the instance is registered without a lock: {0}",
          noLocksHere.getMessage());
    }
    RegisteredInstance record =
        new RegisteredInstance(
            directory, processes, initial(directory, processes, description, lock != null));
    record.lock = lock;
    try {
      synchronized (record.file) {
        record.write();
      }
    } catch (IOException | RuntimeException failed) {
      record.dropLock();
      throw failed;
    }
    return record;
  }

  /// Returns the record of this process before it tracks anything.
  public static InstanceRecord initial(
      StateDirectory directory,
      ProcessTable processes,
      InstanceDescription description,
      boolean holdsLock) {
    return OwnIdentity.of(processes).record(directory, description, holdsLock);
  }

  /// Returns what was recorded at the beginning.
  public InstanceRecord initial() {
    return initial;
  }

  /// Returns a snapshot of what is tracked.
  public Map<String, TrackedProcess> tracked() {
    return tracked.copy();
  }

  /// Tracks a process under a name. A process that had this name is no longer tracked.
  ///
  /// @return the identity under which it is tracked
  public ProcessIdentity track(String name, long pid) {
    return track(
        name, pid, processes.find(pid) instanceof ProcessLookup.Present it ? it.process() : null);
  }

  /// Tracks a child that this process has started. If the child has ended, its PID may already
  /// belong to another process, whose parent is another one.
  public ProcessIdentity trackChild(String name, long pid) {
    return track(name, pid, child(pid));
  }

  /// Returns a child of this process; null if it has ended.
  private @Nullable ProcessInfo child(long pid) {
    if (!(processes.find(pid) instanceof ProcessLookup.Present it)) {
      return null;
    }
    long parent = it.process().ancestry().parent();
    return parent == processes.self() || parent == 0 ? it.process() : null; // 0 if it is unknown.
  }

  private ProcessIdentity track(String name, long pid, @Nullable ProcessInfo process) {
    Machine machine = processes.machine();
    ProcessIdentity identity =
        process == null
            ? new ProcessIdentity(machine, pid, GONE)
            : new ProcessIdentity(machine, pid, process.start());
    write(tracked.track(name, identity, processes.wallClock().truncatedTo(ChronoUnit.MILLIS)));
    return identity;
  }

  /// Stops tracking the process with this name, if there is one.
  public void untrack(String name) {
    write(tracked.untrack(name));
  }

  /// Stops tracking this process. Has no effect if the name now belongs to another one.
  public void untrack(String name, ProcessIdentity process) {
    write(tracked.untrack(name, process));
  }

  /// Restores the record if it was removed. Everything that is started with the instance's marker
  /// after this is known to belong to it by the marker alone. A removed lock file is not recreated.
  /// Until it is locked, every process that cannot see this one would take the owner for dead.
  /// Without a lock file, the owner's identity is used.
  public void secure() {
    synchronized (file) {
      if (ended) {
        return;
      }
      try {
        if (writtenAt == null || !writtenAt.equals(directory.modified(fileName))) {
          write();
        }
      } catch (IOException | RuntimeException failed) {
        LOG.log(
            Level.WARNING,
            "{0} cannot be written again, so a later sweep may not know of this instance: {1}",
            directory.file(fileName),
            failed.toString());
      }
    }
  }

  /// Records that the instance creates labelled containers, before it creates the first one.
  public void useContainers() {
    write(tracked.useContainers());
    flush();
  }

  /// Moves a new process into the control group of the instance, if it has one.
  public void enclose(long pid) {
    String group = initial.surroundings().controlGroup();
    if (group != null && child(pid) != null) {
      processes.controlGroups().enter(group, pid);
    }
  }

  /// Creates a control group for what the instance launches, once, where that is possible. It is in
  /// the record before it has any members.
  public void makeControlGroup() {
    synchronized (file) {
      if (!hasTriedGroup && !ended && initial.owner() != null) {
        hasTriedGroup = true;
        String group = processes.controlGroups().create(instanceId, initial.pid());
        if (group != null) {
          initial = initial.in(group);
          write(tracked.changed());
        }
      }
    }
  }

  private void write(TrackedProcesses.Change change) {
    if (change.equals(TrackedProcesses.Change.NONE)) {
      return;
    }
    if (change.size() <= WRITE_THROUGH) {
      var _ = writeUpTo(change.version());
    } else {
      background.start();
    }
  }

  /// Waits until everything that was changed before the call is in the file.
  public void flush() {
    var _ = writeUpTo(tracked.version());
  }

  /// Returns whether the version is in the file or no longer needs to be.
  private boolean writeUpTo(long wanted) {
    synchronized (file) {
      if (writtenVersion >= wanted || ended) {
        return true; // Another thread's write included our change.
      }
      try {
        write();
        return true;
      } catch (IOException | RuntimeException failed) {
        LOG.log(
            Level.WARNING,
            "{0} cannot be written, so a later sweep would not know what changed: {1}",
            directory.file(fileName),
            failed.toString());
        return false;
      }
    }
  }

  private boolean hasEnded() {
    synchronized (file) {
      return ended;
    }
  }

  /// Writes the record. The caller holds [#file].
  private void write() throws IOException {
    Instant modified = writtenAt == null ? null : directory.modified(fileName);
    if (writtenAt != null && !writtenAt.equals(modified)) {
      takeOver(modified);
    }
    TrackedProcesses.Snapshot now = tracked.snapshot();
    byte[] content =
        RecordWriter.write(
            initial.rewritten(
                writtenAt == null || initial.owner() == null ? initial.started() : processes.now(),
                ContainerUse.of(now.usesContainers()),
                now.processes(),
                null,
                unknownKeys));
    if (content.length > RecordReader.MAX_BYTES) {
      throw new IOException(
          "it would have "
              + content.length
              + " bytes, more than any reader accepts ("
              + RecordReader.MAX_BYTES
              + ")");
    }
    directory.replace(fileName, content);
    writtenVersion = now.version();
    writtenAt = directory.modified(fileName);
  }

  /// Keeps unknown keys of a record that another process has written since.
  private void takeOver(@Nullable Instant modified) {
    if (modified == null) {
      LOG.log(Level.WARNING, "the record of this instance was removed; it is written again");
      return;
    }
    try {
      unknownKeys = RecordReader.read(directory.read(fileName).bytes(), fileName).source();
      unknownKeys.remove("sweep"); // From the tombstone of a sweeper that took us for dead.
    } catch (RecordException unreadable) {
      LOG.log(Level.WARNING, "the record of this instance was damaged; it is written again");
    }
  }

  /// Removes the record, then the lock. Nothing is written afterwards.
  ///
  /// @throws IOException if the record cannot be removed; the lock is released anyway
  public void unregister() throws IOException {
    synchronized (file) {
      if (ended) {
        return;
      }
      ended = true;
      try {
        directory.delete(fileName);
      } finally {
        dropLock();
      }
    }
    var _ = tracked.changed(); // Wakes the background writer, which then ends.
  }

  /// Leaves the record to the next sweep and releases the lock.
  public void abandon() {
    flush();
    synchronized (file) {
      ended = true;
      Held held = lock;
      if (held != null) {
        held.close();
      }
    }
    var _ = tracked.changed(); // Wakes the background writer, which then ends.
  }

  private void dropLock() throws IOException {
    Held held = lock;
    if (held == null) {
      return;
    }
    try {
      held.deleteFile();
    } finally {
      held.close();
    }
  }
}
