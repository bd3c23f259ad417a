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

/**
 * The record of an instance that this process owns, and its lock. Threads that change it at the
 * same time share one write. While the record is small, a change is in the file when the call
 * returns; when it has grown so that writing costs more than tracking does, changes are written
 * behind, a few milliseconds later, so that tracking n processes costs n and not n².
 */
public final class RegisteredInstance {
  private static final Logger LOG = System.getLogger("dev.sexton");

  /** Up to so many processes a change is written before the call returns. */
  private static final int WRITE_THROUGH = 64;

  /** Writing behind takes at most a fifth of one core: it pauses four times as long as it wrote. */
  private static final int PAUSE_FACTOR = 4;

  /** What could not be written behind is tried again so much later, even if nothing changes. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  /**
   * The start time of a process that had ended before it was tracked. No later process has it, so
   * whoever gets the number is not taken for it; a mere process ID would prove too much.
   */
  private static final long GONE = 0;

  private final StateDirectory directory;
  private final ProcessTable processes;
  private final String instanceId;
  private final String fileName;
  private volatile InstanceRecord initial;

  /// Whether it was tried to have a control group.
  private boolean hasTriedGroup;

  /** Guards what is tracked; never held over I/O. */
  private final Object state = new Object();

  private final Map<String, TrackedProcess> tracked = new LinkedHashMap<>();

  /** Names of processes whose command lines are yet to be read: that is left to who writes next. */
  private final Set<String> undescribed = new HashSet<>();

  private boolean usesContainers;
  private long version;

  /** The last time that was put as text, which takes as long as looking at a process. */
  private Instant textAt = Instant.MIN;

  private String text = "";

  /** Guards the file; taken before {@link #state}, never within it. */
  private final Object file = new Object();

  private @Nullable Held lock;
  private long writtenVersion;
  private @Nullable Instant writtenAt;
  private JsonObject unknownKeys = new JsonObject();
  private boolean ended;

  /** Whether a thread writes behind. */
  private volatile boolean writer;

  private RegisteredInstance(
      StateDirectory directory, ProcessTable processes, InstanceRecord initial) {
    this.directory = directory;
    this.processes = processes;
    this.instanceId = initial.instanceId();
    this.fileName = StateDirectory.recordOf(instanceId);
    this.initial = initial;
  }

  /**
   * Creates the lock, takes it, and then lets the record appear.
   *
   * @throws IOException if the record cannot be written
   */
  public static RegisteredInstance register(
      StateDirectory directory,
      ProcessTable processes,
      InstanceLocks locks,
      String instanceId,
      String name)
      throws IOException {
    return register(directory, processes, locks, instanceId, name, List.of());
  }

  /// The same with patterns of programs that a sweep of the instance keeps.
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
    directory.create();
    PastBoots.note(directory, processes);
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

  /** The record of this process before it tracks anything. */
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

  /// Now, in the unit of start times; −1 where the clock cannot be read.
  private static long now(ProcessTable processes) {
    try {
      return processes.now();
    } catch (IllegalStateException unreadable) {
      return -1;
    }
  }

  /** What is the same in every record of one process. */
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

  /** What was recorded at the beginning. */
  public InstanceRecord initial() {
    return initial;
  }

  /** What is tracked now. */
  public Map<String, TrackedProcess> tracked() {
    synchronized (state) {
      return new LinkedHashMap<>(tracked);
    }
  }

  /**
   * Tracks a process under a name; one that was tracked under it before is tracked no more.
   *
   * @return what it is tracked as
   */
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

  /** Nobody would read a record beyond this limit. The caller holds {@link #state}. */
  private boolean mayBeTracked(String name) {
    if (tracked.containsKey(name) || tracked.size() < RecordReader.MAX_PROCESSES) {
      return true;
    }
    LOG.log(
        Level.WARNING,
        "process {0} is not tracked, for a record lists at most {1}: untrack those that have ended",
        name,
        RecordReader.MAX_PROCESSES);
    return false;
  }

  /** The caller holds {@link #state}. */
  private String text(Instant moment) {
    if (!moment.equals(textAt)) {
      text = moment.toString();
      textAt = moment;
    }
    return text;
  }

  /** Tracks what has this name no more; nothing happens if nothing has. */
  public void untrack(String name) {
    change(() -> tracked.remove(name) != null);
  }

  /** Tracks this process no more; nothing happens if the name is another one's by now. */
  public void untrack(String name, ProcessIdentity process) {
    change(() -> {
      TrackedProcess current = tracked.get(name);
      return current != null && process.equals(current.identity()) && tracked.remove(name, current);
    });
  }

  /**
   * Makes sure that the record is in place, should somebody have removed it. Whatever is started
   * with the instance's mark after this is known to be its own by the mark alone. A lock file that
   * somebody removed is not made again: before it is locked it would be a dead owner's to all who
   * cannot see this process. Without one, the identity speaks for it.
   */
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

  /** Notes, before it makes the first one, that the instance makes labelled containers. */
  public void useContainers() {
    change(() -> {
      boolean first = !usesContainers;
      usesContainers = true;
      return first;
    });
    flush();
  }

  /**
   * Moves a process that was just started into the control group of the instance, if it has one.
   */
  public void enclose(long pid) {
    String group = initial.surroundings().controlGroup();
    if (group != null) {
      processes.controlGroups().enter(group, pid);
    }
  }

  /**
   * Makes a control group for what the instance launches, once, where there can be one; and says so
   * in the record before anything is in it.
   */
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
    /** Says whether anything changed. */
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
      state.notifyAll(); // Whoever writes behind.
      through = tracked.size() <= WRITE_THROUGH;
    }
    if (through) {
      writeUpTo(changed);
    } else {
      writeBehind();
    }
  }

  /** Returns when everything that was changed before the call is in the file. */
  public void flush() {
    writeUpTo(version());
  }

  private long version() {
    synchronized (state) {
      return version;
    }
  }

  /** Says whether it is in the file, or has no business there any more. */
  private boolean writeUpTo(long wanted) {
    synchronized (file) {
      if (writtenVersion >= wanted || ended) {
        return true; // Another thread's write took our change along.
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
      return; // It was told by the change itself.
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

  /** Writes the record; the caller holds {@link #file}. */
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
              + " bytes, more than anybody reads ("
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
        // What was tracked under the name meanwhile is yet to be described itself.
        if (!undescribed.contains(entry.getKey())) {
          tracked.replace(entry.getKey(), entry.getValue());
        }
      }
    }
  }

  /** Somebody else wrote the record since: keys that we do not know are kept. */
  private void takeOver(@Nullable Instant modified) {
    if (modified == null) {
      LOG.log(Level.WARNING, "the record of this instance was removed; it is written again");
      return;
    }
    try {
      unknownKeys = RecordReader.read(directory.read(fileName).bytes(), fileName).source();
      unknownKeys.remove("sweep"); // A tombstone's, of a sweeper that took us for dead.
    } catch (RecordException unreadable) {
      LOG.log(Level.WARNING, "the record of this instance was spoilt; it is written again");
    }
  }

  /**
   * Removes the record, then the lock. Nothing is written any more.
   *
   * @throws IOException if the record cannot be removed; the lock is released all the same
   */
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

  /** Leaves the record to the next sweep, and lets go of the lock. */
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
