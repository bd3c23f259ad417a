package dev.sexton.internal.instance;

import com.google.gson.JsonObject;
import dev.sexton.RecordException;
import dev.sexton.internal.liveness.PastBoots;
import dev.sexton.internal.lock.InstanceLocks;
import dev.sexton.internal.lock.InstanceLocks.Held;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.record.OwnerSurroundings;
import dev.sexton.internal.record.RecordReader;
import dev.sexton.internal.record.RecordWriter;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The record of an instance that this process owns, and its lock. Threads that change it at the
/// same time share one write. While the record is small, a change is in the file when the call
/// returns. Once it is so large that writing costs more than tracking, changes are written in the
/// background a few milliseconds later. So tracking n processes costs n and not n².
public final class RegisteredInstance {
  private static final Logger LOG = System.getLogger("dev.sexton");

  /// Up to this number of processes, a change is written before the call returns.
  private static final int WRITE_THROUGH = 64;

  /// Writing in the background takes at most a fifth of one core: it pauses four times as long as
  /// it wrote.
  private static final int PAUSE_FACTOR = 4;

  /// The delay before a failed background write is retried, even if nothing changes.
  private static final Duration RETRY = Duration.ofSeconds(1);

  /// Recorded as the start time when the process exited before tracking. No real process has start
  /// time 0, so a reused PID never matches. A PID alone would prove too much.
  private static final long GONE = 0;

  private final StateDirectory directory;
  private final ProcessTable processes;
  private final String instanceId;
  private final String fileName;
  private volatile InstanceRecord initial;

  /// Whether creating a control group was attempted.
  private boolean hasTriedGroup;

  /// Guards what is tracked. Never held during I/O.
  private final Object state = new Object();

  private final Map<String, TrackedProcess> tracked = new LinkedHashMap<>();

  /// Names of processes whose command lines are still to be read, by the next writer.
  private final Set<String> undescribed = new HashSet<>();

  private boolean usesContainers;
  private long version;

  /// The last time that was formatted as text, which takes as long as looking at a process.
  private Instant textAt = Instant.MIN;

  private String text = "";

  /// Guards the file. Taken before [#state], never within it.
  private final Object file = new Object();

  private @Nullable Held lock;
  private long writtenVersion;
  private @Nullable Instant writtenAt;
  private JsonObject unknownKeys = new JsonObject();
  private boolean ended;

  /// Whether a thread writes in the background.
  private volatile boolean writer;

  private RegisteredInstance(
      StateDirectory directory, ProcessTable processes, InstanceRecord initial) {
    this.directory = directory;
    this.processes = processes;
    this.instanceId = initial.instanceId();
    this.fileName = StateDirectory.recordOf(instanceId);
    this.initial = initial;
  }

  /// Creates and takes the lock, and then makes the record visible.
  ///
  /// @throws IOException if the record cannot be written
  public static RegisteredInstance register(
      StateDirectory directory,
      ProcessTable processes,
      InstanceLocks locks,
      String instanceId,
      String name)
      throws IOException {
    return register(directory, processes, locks, instanceId, name, List.of());
  }

  /// Does the same with patterns of programs that a sweep of the instance keeps.
  ///
  /// @throws IOException if the record cannot be written
  public static RegisteredInstance register(
      StateDirectory directory,
      ProcessTable processes,
      InstanceLocks locks,
      String instanceId,
      String name,
      List<String> keep)
      throws IOException {
    prepare(directory, processes);
    Held lock = null;
    try {
      lock = locks.lockAsOwner(directory.lockFile(instanceId));
    } catch (IOException noLocksHere) {
      LOG.log(
          Level.WARNING,
          "the instance is registered without a lock: {0}",
          noLocksHere.getMessage());
    }
    RegisteredInstance record =
        new RegisteredInstance(
            directory,
            processes,
            initial(directory, processes, instanceId, name, lock != null, keep));
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

  /// How long a directory that was prepared counts as prepared, for a server that registers often.
  private static final Duration PREPARED_STANDS = Duration.ofSeconds(1);

  private record Prepared(ProcessTable processes, Path directory, Instant at) {}

  private static volatile @Nullable Prepared lastPrepared;

  /// Creates the directory, checks its permissions and notes this boot in it.
  private static void prepare(StateDirectory directory, ProcessTable processes) throws IOException {
    Instant now = processes.wallClock();
    Prepared last = lastPrepared;
    if (last == null
        || !last.processes().equals(processes)
        || !last.directory().equals(directory.path())
        || Duration.between(last.at(), now).abs().compareTo(PREPARED_STANDS) >= 0
        || !directory.exists()) {
      directory.create();
      PastBoots.note(directory, processes);
      lastPrepared = new Prepared(processes, directory.path(), now);
    }
  }

  /// Returns the record of this process before it tracks anything.
  public static InstanceRecord initial(
      StateDirectory directory,
      ProcessTable processes,
      String instanceId,
      String name,
      boolean holdsLock,
      List<String> keep) {
    Self self = self(processes);
    return new InstanceRecord(
        instanceId,
        self.pid(),
        processes.wallClock().toString(),
        InstanceRecord.SCHEMA,
        directory.application(),
        name,
        self.command(),
        self.identity(),
        holdsLock,
        self.identity() == null ? -1 : now(processes),
        -1,
        false,
        Map.of(),
        Map.of(),
        null,
        self.surroundings(),
        new JsonObject(),
        keep,
        null);
  }

  /// Returns the current time in the unit of start times, or −1 if the clock cannot be read.
  private static long now(ProcessTable processes) {
    try {
      return processes.now();
    } catch (IllegalStateException unreadable) {
      return -1;
    }
  }

  /// The part that is the same in every record of one process.
  private record Self(
      ProcessTable processes,
      long pid,
      @Nullable ProcessIdentity identity,
      String command,
      OwnerSurroundings surroundings) {}

  private static volatile @Nullable Self self;

  private static Self self(ProcessTable processes) {
    Self known = self;
    long pid = processes.self();
    if (known == null || !known.processes().equals(processes) || known.pid() != pid) {
      ProcessIdentity identity = null;
      OwnerSurroundings surroundings = OwnerSurroundings.UNKNOWN;
      if (processes.find(pid) instanceof ProcessLookup.Present present) {
        identity = new ProcessIdentity(processes.machine(), pid, present.process().start());
        InstanceMarker mark = processes.mark(present.process());
        surroundings =
            new OwnerSurroundings(
                processes.systemdUnit(pid),
                mark.instance() == null ? "" : mark.instance(),
                mark.keep(),
                null);
      }
      known = new Self(processes, pid, identity, processes.command(pid), surroundings);
      self = known;
    }
    return known;
  }

  /// Returns what was recorded at the beginning.
  public InstanceRecord initial() {
    return initial;
  }

  /// Returns a snapshot of what is tracked.
  public Map<String, TrackedProcess> tracked() {
    synchronized (state) {
      return new LinkedHashMap<>(tracked);
    }
  }

  /// Tracks a process under a name. A process that had this name is no longer tracked.
  ///
  /// @return the identity under which it is tracked
  public ProcessIdentity track(String name, long pid) {
    long start =
        processes.find(pid) instanceof ProcessLookup.Present it ? it.process().start() : GONE;
    ProcessIdentity identity = new ProcessIdentity(processes.machine(), pid, start);
    Instant now = processes.wallClock().truncatedTo(ChronoUnit.MILLIS);
    change(() -> {
      if (!mayBeTracked(name)) {
        return false;
      }
      tracked.put(name, new TrackedProcess(pid, identity, text(now), ""));
      undescribed.add(name);
      return true;
    });
    return identity;
  }

  /// Returns whether the limit permits it. A larger record would not be read. The caller holds
  /// [#state].
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

  /// The caller holds [#state].
  private String text(Instant moment) {
    if (!moment.equals(textAt)) {
      text = moment.toString();
      textAt = moment;
    }
    return text;
  }

  /// Stops tracking the process with this name, if there is one.
  public void untrack(String name) {
    change(() -> tracked.remove(name) != null);
  }

  /// Stops tracking this process. Has no effect if the name now belongs to another one.
  public void untrack(String name, ProcessIdentity process) {
    change(() -> {
      TrackedProcess current = tracked.get(name);
      return current != null && process.equals(current.identity()) && tracked.remove(name, current);
    });
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
            directory.path().resolve("instances").resolve(fileName),
            failed.toString());
      }
    }
  }

  /// Records that the instance creates labelled containers, before it creates the first one.
  public void useContainers() {
    change(() -> {
      boolean first = !usesContainers;
      usesContainers = true;
      return first;
    });
    flush();
  }

  /// Moves a new process into the control group of the instance, if it has one.
  public void enclose(long pid) {
    String group = initial.surroundings().controlGroup();
    if (group != null) {
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
          change(() -> true);
        }
      }
    }
  }

  private interface Change {
    /// Returns whether anything changed.
    boolean apply();
  }

  private void change(Change change) {
    long changed;
    boolean through;
    synchronized (state) {
      if (!change.apply()) {
        return;
      }
      changed = ++version;
      state.notifyAll(); // Wakes the background writer.
      through = tracked.size() <= WRITE_THROUGH;
    }
    if (through) {
      writeUpTo(changed);
    } else {
      writeBehind();
    }
  }

  /// Waits until everything that was changed before the call is in the file.
  public void flush() {
    writeUpTo(version());
  }

  private long version() {
    synchronized (state) {
      return version;
    }
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
            directory.path().resolve("instances").resolve(fileName),
            failed.toString());
        return false;
      }
    }
  }

  private void writeBehind() {
    if (writer) {
      return; // The change itself has notified it.
    }
    synchronized (state) {
      if (!writer) {
        Thread.ofPlatform().daemon().name("sexton-record").start(this::writeWhileAnythingChanges);
        writer = true;
      }
    }
  }

  private void writeWhileAnythingChanges() {
    try {
      while (!hasEnded()) {
        long begun = System.nanoTime();
        long now = version();
        boolean written = writeUpTo(now);
        Thread.sleep(Duration.ofNanos(PAUSE_FACTOR * (System.nanoTime() - begun)));
        synchronized (state) {
          if (version == now) {
            state.wait(written ? 0 : RETRY.toMillis());
          }
        }
      }
    } catch (InterruptedException nobodyDoesThat) {
      Thread.currentThread().interrupt();
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
    long writing;
    Map<String, TrackedProcess> now;
    boolean containers;
    describe();
    synchronized (state) {
      writing = version;
      now = new LinkedHashMap<>(tracked);
      containers = usesContainers;
    }
    byte[] content =
        RecordWriter.write(
            initial.rewritten(
                writtenAt == null || initial.owner() == null
                    ? initial.startedUnits()
                    : processes.now(),
                containers,
                now,
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
    writtenVersion = writing;
    writtenAt = directory.modified(fileName);
  }

  private void describe() {
    Map<String, TrackedProcess> described = new HashMap<>();
    synchronized (state) {
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
    synchronized (state) {
      for (Map.Entry<String, TrackedProcess> entry : described.entrySet()) {
        // A process that was tracked under the name meanwhile still has to be described itself.
        if (!undescribed.contains(entry.getKey())) {
          tracked.replace(entry.getKey(), entry.getValue());
        }
      }
    }
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
    endWriter();
  }

  private void endWriter() {
    synchronized (state) {
      version++;
      state.notifyAll();
    }
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
    endWriter();
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
