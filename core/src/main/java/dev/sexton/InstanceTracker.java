package dev.sexton;

import dev.sexton.internal.ApplicationName;
import dev.sexton.internal.KeepPattern;
import dev.sexton.internal.Platform;
import dev.sexton.internal.instance.BackgroundSweep;
import dev.sexton.internal.instance.RegisteredInstance;
import dev.sexton.internal.launch.Launcher;
import dev.sexton.internal.launch.Sentinel;
import dev.sexton.internal.launch.ShutdownHook;
import dev.sexton.internal.launch.WatcherStart;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.record.RecordReader;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.EngineScan;
import dev.sexton.internal.sweep.KeepSource;
import dev.sexton.internal.sweep.SelfCleanup;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.internal.watch.WatcherSeat;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One server as an instance: registered under a UUID, with the processes that it started. If it
 * dies without a word, its sentinel stops what it left at once; and if there is none, whoever
 * starts next, or sweeps.
 *
 * <pre>{@code
 * try (InstanceTracker instance = InstanceTracker.createAndRegister()) {
 *   Process session = instance.launch("my-session", new ProcessBuilder("deephaven", "server"));
 *   …
 * }
 * }</pre>
 *
 * <p>Safe for use by any number of threads. Any number of instances, in Java or Python, may share a
 * state directory. Nothing here makes a server fail: what cannot be written is logged under {@code
 * dev.sexton}.
 */
public final class InstanceTracker implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.sexton");

  private final FileStateDirectory directory;
  private final InstanceRecord initial;
  private final @Nullable RegisteredInstance own;
  private final @Nullable Path loaded;
  private final Duration grace;
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable Launcher launcher;
  private @Nullable Sentinel sentinel;
  private @Nullable ShutdownHook hook;
  private @Nullable Thread closer;

  /** How long closing may take beyond the grace, at worst. */
  private static final Duration CLOSE_MARGIN = Duration.ofSeconds(20);

  private InstanceTracker(
      FileStateDirectory directory,
      InstanceRecord initial,
      @Nullable RegisteredInstance own,
      @Nullable Path loaded,
      Duration grace) {
    this.directory = directory;
    this.initial = initial;
    this.own = own;
    this.loaded = loaded;
    this.grace = grace;
  }

  /**
   * Registers this process as an instance of {@code deephaven-mcp}, in the place where the original
   * registers, and starts a sweep in the background.
   */
  public static InstanceTracker createAndRegister() {
    return builder().register();
  }

  /** An instance with another application, name or state directory. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads the record of any instance. The tracker that is returned tells what the record says; it
   * does not own the instance and changes nothing.
   *
   * @throws RecordException.Missing if there is no such file
   * @throws RecordException.InvalidJson if it is not JSON
   * @throws RecordException.InvalidKey if a key is missing or has no usable value
   * @throws RecordException.Unreadable if it cannot be read
   */
  public static InstanceTracker loadFromFile(Path file) throws RecordException {
    Path absolute = file.toAbsolutePath();
    Path instances = Objects.requireNonNullElse(absolute.getParent(), absolute);
    Path parent = Objects.requireNonNullElse(instances.getParent(), instances);
    FileStateDirectory directory = new FileStateDirectory(parent, StateDirectories.ORIGINAL);
    InstanceRecord record =
        RecordReader.read(FileStateDirectory.readFile(absolute).bytes(), absolute);
    for (Map.Entry<String, String> invalid : record.invalidProcesses().entrySet()) {
      throw new RecordException.InvalidKey(
          absolute, "python_processes", "has an entry that is no process: " + invalid.getValue());
    }
    return new InstanceTracker(directory, record, null, absolute, SweepRequest.DEFAULT_GRACE);
  }

  /**
   * Whether a process with this ID is running. A zombie is not. Unlike the original, this says yes
   * of another user's process: not being allowed to see is no proof of death.
   *
   * @param pid a process ID; none is zero or negative
   */
  public static boolean isProcessRunning(long pid) {
    return pid > 0
        && switch (Platform.residentProcesses().find(pid)) {
          case ProcessLookup.Present present -> present.process().isAlive();
          case ProcessLookup.Hidden hidden -> true;
          case ProcessLookup.Absent absent -> false;
        };
  }

  /** Cleans up after dead instances of {@code deephaven-mcp}, in both of its places. */
  public static SweepReport cleanupOrphanedResources() {
    return Sweeper.builder().application(StateDirectories.ORIGINAL).resident(true).build().sweep();
  }

  /** The UUID of the instance. */
  public String instanceId() {
    return initial.instanceId();
  }

  /** The process ID of the owner. */
  public long pid() {
    return initial.pid();
  }

  /** When the instance started, ISO 8601; the original writes local time without a zone. */
  public String startedAt() {
    return initial.startedAt();
  }

  /** The file that holds the record. */
  public Path instanceFile() {
    return loaded != null
        ? loaded
        : directory.path().resolve("instances").resolve(StateDirectory.recordOf(instanceId()));
  }

  /** Whether the instance is registered by this process; false also if that did not work. */
  public boolean isRegistered() {
    return own != null;
  }

  /** The tracked processes: names and process IDs. */
  public Map<String, Long> trackedProcesses() {
    Map<String, TrackedProcess> processes = own == null ? initial.processes() : own.tracked();
    Map<String, Long> pids = new LinkedHashMap<>();
    processes.forEach((name, process) -> pids.put(name, process.pid()));
    return Collections.unmodifiableMap(pids);
  }

  /**
   * Starts a process of this instance, and tracks it until it ends. It carries the instance's mark,
   * {@code SEXTON_INSTANCE}, in its environment, and so do all its descendants: whatever becomes of
   * this process and whenever, they are found and stopped, also those that outlive the process that
   * was started.
   *
   * <p>A builder with {@code SEXTON_KEEP=1} in its environment opts out: its process is started as
   * it is, and neither marked, tracked nor stopped. If registering failed, too, it is just started.
   *
   * @param name the name of the session; whatever had it before is tracked under it no more, but
   *     still found by its mark
   * @param builder what to start; its environment gets the mark
   * @throws IOException if it cannot be started
   * @throws IllegalStateException if this instance is closed or unregistered, for nothing would
   *     stop the process then, or if this tracker was loaded from a file
   */
  public Process launch(String name, ProcessBuilder builder) throws IOException {
    Objects.requireNonNull(name);
    own();
    Launcher mine = launcher;
    return mine == null || Launcher.isKept(builder) ? builder.start() : mine.launch(name, builder);
  }

  /**
   * Tracks a process that this instance started, so that it is stopped if the instance dies. The
   * record is written when this returns; once more than 64 processes are tracked, within
   * milliseconds after (see {@link #flush}).
   *
   * @param name the name of the session; whatever had it before is tracked no more
   * @param pid its process ID; a process that is older than the instance will never be stopped
   * @throws IllegalArgumentException if the ID is less than 2: that is never a server's child
   * @throws IllegalStateException if this tracker was loaded from a file
   */
  public void trackProcess(String name, long pid) {
    Objects.requireNonNull(name);
    if (pid < 2) {
      throw new IllegalArgumentException("not the process ID of a session: " + pid);
    }
    RegisteredInstance record = own();
    if (record != null) {
      record.track(name, pid);
    }
  }

  /**
   * Tracks a process no more, usually because it has ended. Nothing happens if the name is not
   * known.
   *
   * @throws IllegalStateException if this tracker was loaded from a file
   */
  public void untrackProcess(String name) {
    Objects.requireNonNull(name);
    RegisteredInstance record = own();
    if (record != null) {
      record.untrack(name);
    }
  }

  /** Returns when everything that was tracked before is in the record. */
  public void flush() {
    if (own != null) {
      own.flush();
    }
  }

  /**
   * The labels that containers, networks and volumes of this instance have to carry. Asking for
   * them is recorded, so that a sweep knows to look for containers.
   *
   * @throws IllegalStateException if this tracker was loaded from a file
   */
  public Map<String, String> containerLabels() {
    RegisteredInstance record = own();
    if (record != null) {
      record.useContainers();
    }
    return EngineScan.labels(
        directory.application(), instanceId(), initial.owner(), directory.path().toString());
  }

  private @Nullable RegisteredInstance own() {
    if (loaded != null) {
      throw new IllegalStateException(
          "instance " + instanceId() + " was loaded from a file: only its owner can change it");
    }
    return own;
  }

  /**
   * Removes the record and the lock. What is still tracked is not stopped, and no sweep will; it is
   * named in a warning.
   *
   * @throws IllegalStateException if this tracker was loaded from a file
   */
  public void unregister() {
    RegisteredInstance record = own();
    if (record == null) {
      return;
    }
    if (launcher != null) {
      launcher.end();
    }
    List<String> running = new ArrayList<>();
    trackedProcesses()
        .forEach((name, pid) -> {
          if (isProcessRunning(pid)) {
            running.add(name);
          }
        });
    if (!running.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "instance {0} is unregistered while it still tracks running processes, which no sweep will"
              + " stop now: \"{1}\"{2}",
          instanceId(),
          printable(running.getFirst()),
          running.size() == 1 ? "" : " and " + (running.size() - 1) + " more");
    }
    unregister(record);
    removeHook();
  }

  /** A name as a line of a log may hold it. */
  private static String printable(String name) {
    return name.replaceAll("\\p{Cc}", "\uFFFD");
  }

  private void unregister(RegisteredInstance record) {
    try {
      record.unregister();
      if (sentinel != null) {
        sentinel.dismiss();
      }
    } catch (IOException failed) {
      LOG.log(
          Level.WARNING,
          "the record {0} could not be removed ({1}); the next sweep does it",
          instanceFile(),
          failed.getMessage());
    }
  }

  /**
   * Stops all that is left of this instance, as a sweep would, and unregisters it. Takes at most
   * the grace, 10 s unless the builder was told otherwise, and a few seconds. If something is left
   * all the same, the record stays for the next sweep. If another thread is closing it, waits for
   * that; does nothing once it is closed.
   *
   * <p>Unless switched off, this happens by itself when the JVM ends, be it by SIGTERM.
   */
  @Override
  public void close() {
    close(grace);
  }

  /**
   * As {@link #close()}, with another grace.
   *
   * @param grace how long what is asked to stop has before it is forced
   */
  public void close(Duration grace) {
    RegisteredInstance record = own;
    if (record == null) {
      return;
    }
    Thread other = closer(Thread.currentThread());
    if (other != null) {
      await(other, grace);
      return;
    }
    try {
      close(record, grace);
    } finally {
      closed.countDown();
      removeHook();
    }
  }

  /** Who closes it already; null if nobody did, and this thread does now. */
  private synchronized @Nullable Thread closer(Thread self) {
    Thread before = closer;
    closer = before == null ? self : before;
    return before;
  }

  /**
   * Bounded, for what the other does may have ended in {@code System.exit}, which never returns.
   */
  private void await(Thread other, Duration grace) {
    if (other.equals(Thread.currentThread())) {
      return;
    }
    try {
      if (!closed.await(grace.plus(CLOSE_MARGIN).toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(Level.WARNING, "instance {0} is still being closed", instanceId());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void close(RegisteredInstance record, Duration grace) {
    if (launcher != null) {
      launcher.end();
    }
    record.flush();
    List<ResourceReport> left =
        stop(grace).stream().filter(resource -> resource.outcome().isLeft()).toList();
    if (left.isEmpty()) {
      unregister(record);
    } else {
      LOG.log(
          Level.WARNING,
          "instance {0} closes with something left: {1}: {2}",
          instanceId(),
          printable(left.getFirst().name()),
          left.getFirst().reason());
      record.abandon(); // And the sentinel tries once more when this process ends.
    }
  }

  private void removeHook() {
    if (hook != null) {
      hook.remove();
    }
  }

  private List<ResourceReport> stop(Duration grace) {
    ProcessTable processes = Platform.residentProcesses();
    InstanceRecord record;
    try {
      record =
          RecordReader.read(
              directory.read(StateDirectory.recordOf(instanceId())).bytes(), instanceFile());
    } catch (RecordException removed) {
      record = initial;
    }
    User self =
        processes.find(processes.self()) instanceof ProcessLookup.Present present
            ? processes.user(present.process())
            : null;
    User user = Objects.requireNonNullElse(self, new User(-1, ""));
    List<ResourceProvider> providers =
        Boolean.TRUE.equals(record.usesContainers())
            ? Platform.providers(System.getenv())
            : List.of();
    try {
      return SelfCleanup.stop(
          Platform.ports(processes, providers),
          directory,
          record,
          user,
          grace,
          new StateDirectories(System.getenv()).everyDirectory(List.of(directory)),
          KeepSource.of(System.getenv(), List.of()));
    } finally {
      providers.forEach(ResourceProvider::close);
    }
  }

  /** What an instance is to be. Not safe for use by several threads. */
  public static final class Builder {
    /// Where nothing can be made.
    private static final Path NOWHERE = Path.of("/dev/null/no-home");

    private String application = StateDirectories.ORIGINAL;
    private String name = "";
    private @Nullable Path stateDirectory;
    private Duration grace = SweepRequest.DEFAULT_GRACE;
    private final List<String> keep = new ArrayList<>();
    private boolean sweep = true;
    private boolean sentinel = true;
    private boolean watcher;
    private boolean closeOnShutdown = true;

    private Builder() {}

    /**
     * The family of servers that share a state directory and a label; {@code deephaven-mcp} unless
     * set.
     *
     * @throws IllegalArgumentException if the name has other characters than letters, digits, dot,
     *     dash and underscore, or begins with a dot
     */
    public Builder application(String application) {
      this.application = ApplicationName.require(application);
      return this;
    }

    /** What a person calls the server; shown in lists. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name);
      return this;
    }

    /** Registers in this directory, the one that holds {@code instances/}, and in no other. */
    public Builder stateDirectory(Path directory) {
      this.stateDirectory = Objects.requireNonNull(directory);
      return this;
    }

    /** Whether registering starts a sweep in the background; it does unless set. */
    public Builder sweepOnRegister(boolean sweep) {
      this.sweep = sweep;
      return this;
    }

    /**
     * Whether a sentinel stops what this process leaves the moment it is killed; it does unless
     * set. It is a shell that waits, outside of this process's session and tree. It needs Linux,
     * and the library's jars as files, or {@code SEXTON_COMMAND} in the environment, which names a
     * {@code sexton} launcher. There is none where a watcher runs in the background ({@code sexton
     * watch --background}) when this process registers, because that does the same.
     */
    public Builder sentinel(boolean sentinel) {
      this.sentinel = sentinel;
      return this;
    }

    /**
     * Whether the user's one watcher is started in the background if none runs when this process
     * registers; it is not unless set. It takes the place of the sentinel: one process for all
     * servers of the user, and it also knows which processes were below this one. It ends 60 s
     * after the last server. It needs a {@code sexton} launcher, which {@code SEXTON_COMMAND} in
     * the environment names; where there is none, there is a sentinel.
     */
    public Builder watcher(boolean watcher) {
      this.watcher = watcher;
      return this;
    }

    /**
     * Whether the instance is closed when the JVM ends: at its normal end, by {@code System.exit},
     * or by SIGTERM, SIGINT or SIGHUP. It is unless set.
     */
    public Builder closeOnShutdown(boolean close) {
      this.closeOnShutdown = close;
      return this;
    }

    /**
     * How long what is asked to stop by {@link InstanceTracker#close()} has before it is forced; 10
     * s unless set.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder grace(Duration grace) {
      if (grace.isNegative()) {
        throw new IllegalArgumentException("the grace must not be negative: " + grace);
      }
      this.grace = grace;
      return this;
    }

    /// Keeps programs that match this pattern, and all that they start, whoever sweeps the
    /// instance; as [Sweeper.Builder#keep] has it. Where the user's `keep.conf` says otherwise,
    /// that counts.
    ///
    /// @throws IllegalArgumentException if it is no pattern
    /// @throws IllegalStateException if there are 64 patterns already
    public Builder keep(String pattern) {
      if (keep.size() == InstanceRecord.MAX_KEEP) {
        throw new IllegalStateException(
            "a record has at most " + InstanceRecord.MAX_KEEP + " keep patterns: use * in one");
      }
      keep.add(KeepPattern.require(pattern));
      return this;
    }

    /**
     * Registers this process. Does not fail: if the record cannot be written, that is logged, and
     * {@link InstanceTracker#isRegistered} says no.
     */
    public InstanceTracker register() {
      StateDirectories known = new StateDirectories(System.getenv());
      FileStateDirectory directory;
      try {
        directory =
            stateDirectory == null
                ? known.of(application)
                : new FileStateDirectory(stateDirectory.toAbsolutePath().normalize(), application);
      } catch (InvalidPathException noHome) {
        LOG.log(Level.WARNING, "this server has no state directory: {0}", noHome.getMessage());
        directory = new FileStateDirectory(NOWHERE, application);
      }
      String id = UUID.randomUUID().toString();
      ProcessTable processes = Platform.residentProcesses();
      InstanceTracker tracker;
      try {
        RegisteredInstance own =
            RegisteredInstance.register(directory, processes, Platform.locks(), id, name, keep);
        tracker = new InstanceTracker(directory, own.initial(), own, null, grace);
        begin(tracker, own);
      } catch (IOException | RuntimeException failed) {
        LOG.log(
            Level.WARNING,
            "this server could not be registered in {0} ({1}): what it starts will not be cleaned up"
                + " if it is killed",
            directory.path(),
            failed.getMessage());
        tracker =
            new InstanceTracker(
                directory,
                RegisteredInstance.initial(directory, processes, id, name, false, keep),
                null,
                null,
                grace);
      }
      if (sweep) {
        BackgroundSweep.start(application, stateDirectory);
      }
      return tracker;
    }

    /// Whether a watcher sees to this process, or is about to.
    private boolean isWatched() {
      Path root = WatcherSeat.root(System.getenv(), stateDirectory);
      return WatcherSeat.isWatched(root, Platform.residentProcesses())
          || (watcher && WatcherStart.attempt(System.getenv(), root, stateDirectory));
    }

    private void begin(InstanceTracker tracker, RegisteredInstance own) {
      boolean isWatched = (sentinel || watcher) && isWatched();
      if (sentinel && !isWatched) {
        tracker.sentinel =
            Sentinel.start(
                System.getenv(),
                tracker.instanceId(),
                tracker.directory.path().toAbsolutePath(),
                tracker.instanceFile().toAbsolutePath());
      }
      tracker.launcher =
          new Launcher(own, InstanceMarker.of(application, tracker.instanceId()), tracker.sentinel);
      if (closeOnShutdown) {
        tracker.hook = ShutdownHook.add(tracker::close);
      }
    }
  }
}
