package dev.sexton;

import dev.sexton.internal.Platform;
import dev.sexton.internal.instance.BackgroundSweep;
import dev.sexton.internal.record.ApplicationName;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.KeepPattern;
import dev.sexton.internal.record.RecordReader;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.sweep.EngineScan;
import dev.sexton.internal.sweep.SweepRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Registers a server as an instance under a UUID and tracks the processes that it starts. If the
/// server is killed, its sentinel stops its leftovers at once. Without a sentinel, the next server
/// that starts or the next sweep stops them.
///
/// ```
/// try (InstanceTracker instance = InstanceTracker.createAndRegister()) {
///   Process session = instance.launch("my-session", new ProcessBuilder("deephaven", "server"));
///   …
/// }
/// ```
///
/// Instances are safe for use by multiple threads. Any number of instances, in Java or Python, may
/// share a state directory. Nothing here makes a server fail: write failures are logged under
/// `dev.sexton`.
public final class InstanceTracker implements AutoCloseable {
  private final TrackerState state;
  private final Duration grace;

  private InstanceTracker(TrackerState state, Duration grace) {
    this.state = state;
    this.grace = grace;
  }

  /// Registers this process as an instance of `deephaven-mcp`, in the directory that the Python
  /// tracker uses, and starts a sweep in the background. Does not fail (see [Builder#register]).
  ///
  /// @return the tracker of this process; never null
  public static InstanceTracker createAndRegister() {
    return builder().register();
  }

  /// {@return a builder for an instance with another application, name or state directory}
  public static Builder builder() {
    return new Builder();
  }

  /// Reads the record of any instance. The returned tracker reports what the record says. It does
  /// not own the instance and cannot change it.
  ///
  /// @param file the record, such as `instances/UUID.json` in a state directory
  /// @return a tracker whose methods that change an instance throw [IllegalStateException]
  /// @throws RecordException.Missing if the file does not exist
  /// @throws RecordException.InvalidJson if the file is not valid JSON
  /// @throws RecordException.NoRecord if the file has no key of a record
  /// @throws RecordException.InvalidKey if a key is missing or has no usable value
  /// @throws RecordException.Unreadable if the file cannot be read
  public static InstanceTracker loadFromFile(Path file) throws RecordException {
    Path absolute = file.toAbsolutePath();
    Path instances = Objects.requireNonNullElse(absolute.getParent(), absolute);
    Path parent = Objects.requireNonNullElse(instances.getParent(), instances);
    FileStateDirectory directory = new FileStateDirectory(parent, StateDirectories.ORIGINAL);
    InstanceRecord record =
        RecordReader.read(FileStateDirectory.readFile(absolute).bytes(), absolute);
    for (Map.Entry<String, String> invalid : record.invalidProcesses().entrySet()) {
      throw new RecordException.InvalidKey(
          absolute,
          "python_processes",
          "has an entry that is not a process: " + invalid.getValue());
    }
    return new InstanceTracker(
        new TrackerState.Loaded(directory, record, absolute), SweepRequest.DEFAULT_GRACE);
  }

  /// {@return whether a process with this PID is running} A zombie is not. Unlike the Python
  /// tracker, this returns true for another user's process: missing permission is no proof of
  /// death.
  ///
  /// @param pid the PID; the result is false if it is zero or negative
  public static boolean isProcessRunning(long pid) {
    return pid > 0 && Platform.residentProcesses().find(pid).mayBeAlive();
  }

  /// Cleans up after dead instances of `deephaven-mcp`, in both of its state directories.
  ///
  /// @return what was found, what was done about it, and what failed
  public static SweepReport cleanupOrphanedResources() {
    return Sweeper.builder().application(StateDirectories.ORIGINAL).resident(true).build().sweep();
  }

  /// {@return the UUID of the instance}
  public String instanceId() {
    return state.initial().instanceId();
  }

  /// {@return the PID of the owner process}
  public long pid() {
    return state.initial().pid();
  }

  /// {@return when the instance started, in ISO 8601} The Python tracker records local time without
  /// a zone.
  public String startedAt() {
    return state.initial().startedAt();
  }

  /// {@return the path of the record}
  public Path instanceFile() {
    return state.file();
  }

  /// {@return whether this process registered the instance; false also if registering failed}
  public boolean isRegistered() {
    return state instanceof LiveRegistration;
  }

  /// {@return a snapshot of the tracked processes: names and PIDs}
  public Map<String, Long> trackedProcesses() {
    Map<String, Long> pids = new LinkedHashMap<>();
    state.tracked().forEach((name, process) -> pids.put(name, process.pid()));
    return Collections.unmodifiableMap(pids);
  }

  /// Starts a process of this instance and tracks it until it ends. The process and all its
  /// descendants carry the instance's marker, `SEXTON_INSTANCE`, in their environment. So they are
  /// found and stopped whenever and however this JVM ends, even if they outlive the started
  /// process.
  ///
  /// A builder with `SEXTON_KEEP=1` in its environment opts out: its process is started unchanged,
  /// and is neither marked, tracked nor stopped. The same applies if registering failed.
  ///
  /// @param name the name of the session; a process that had this name is no longer tracked under
  ///   it, but still found by its marker
  /// @param builder the process to start; the marker is added to its environment
  /// @return the started process
  /// @throws IOException if the process cannot be started
  /// @throws IllegalStateException if this instance is closed or unregistered, because nothing
  ///   would stop the process then, or if this tracker was loaded from a file
  public Process launch(String name, ProcessBuilder builder) throws IOException {
    Objects.requireNonNull(name);
    LiveRegistration live = own();
    return live == null ? builder.start() : live.launch(name, builder);
  }

  /// Tracks a process that this instance started, so that it is stopped if the instance dies. The
  /// record is written before this method returns. Once more than 64 processes are tracked, it is
  /// written within milliseconds afterwards (see [#flush]).
  ///
  /// @param name the name of the session; a process that had this name is no longer tracked
  /// @param pid the PID; a process that is older than the instance is never stopped
  /// @throws IllegalArgumentException if the PID is less than 2, which is never a server's child
  /// @throws IllegalStateException if this tracker was loaded from a file
  public void trackProcess(String name, long pid) {
    Objects.requireNonNull(name);
    if (pid < 2) {
      throw new IllegalArgumentException("not the PID of a session: " + pid);
    }
    LiveRegistration live = own();
    if (live != null) {
      live.record().track(name, pid);
    }
  }

  /// Stops tracking a process, usually because it has ended. Has no effect if the name is unknown.
  ///
  /// @param name the name under which the process was tracked
  /// @throws IllegalStateException if this tracker was loaded from a file
  public void untrackProcess(String name) {
    Objects.requireNonNull(name);
    LiveRegistration live = own();
    if (live != null) {
      live.record().untrack(name);
    }
  }

  /// Writes everything that was tracked before this call to the record, unless it is there already.
  /// If the record cannot be written, a warning is logged and this method returns anyway. The next
  /// change tries again, and so does [#close()]. Has no effect if registering failed, or if this
  /// tracker was loaded from a file.
  public void flush() {
    if (state instanceof LiveRegistration live) {
      live.record().flush();
    }
  }

  /// {@return the labels that containers, networks, volumes and objects of Kubernetes of this
  /// instance must carry} The call is noted in the record, so that a sweep knows to look for
  /// containers.
  ///
  /// @throws IllegalStateException if this tracker was loaded from a file
  public Map<String, String> containerLabels() {
    LiveRegistration live = own();
    if (live != null) {
      live.record().useContainers();
    }
    return EngineScan.labels(
        state.directory().application(),
        instanceId(),
        state.initial().owner(),
        state.directory().path().toString());
  }

  /// Returns the registration; null if registering failed.
  private @Nullable LiveRegistration own() {
    return switch (state) {
      case LiveRegistration live -> live;
      case TrackerState.Unregistered unregistered -> null;
      case TrackerState.Loaded loaded ->
          throw new IllegalStateException(
              "instance " + instanceId() + " was loaded from a file: only its owner can change it");
    };
  }

  /// Removes the record and the lock. Processes that are still tracked are not stopped, neither now
  /// nor by a later sweep. A warning lists those that are still running.
  ///
  /// @throws IllegalStateException if this tracker was loaded from a file
  public void unregister() {
    LiveRegistration live = own();
    if (live != null) {
      live.unregister();
    }
  }

  /// Stops everything that is left of this instance, as a sweep would, and unregisters it. Takes at
  /// most the grace period (10 s by default) plus a few seconds. If something is still left, the
  /// record stays for the next sweep. If another thread is closing the instance, waits for that
  /// thread. Has no effect once the instance is closed, if registering failed, or if this tracker
  /// was loaded from a file.
  ///
  /// Unless [Builder#closeOnShutdown] is switched off, this also happens when the JVM ends,
  /// including by SIGTERM.
  @Override
  public void close() {
    close(grace);
  }

  /// Does the same as [#close()], with another grace period.
  ///
  /// @param grace the time between the request to stop and the forced stop
  public void close(Duration grace) {
    if (state instanceof LiveRegistration live) {
      live.close(grace);
    }
  }

  /// Configures an [InstanceTracker]. Not safe for use by multiple threads.
  public static final class Builder {
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

    /// Sets the family of servers that share a state directory and a label, `deephaven-mcp` by
    /// default.
    ///
    /// @param application letters, digits, dot, dash and underscore; part of the path of the state
    ///   directory
    /// @return this builder
    /// @throws IllegalArgumentException if the name has other characters than letters, digits, dot,
    ///   dash and underscore, or begins with a dot
    public Builder application(String application) {
      this.application = ApplicationName.require(application);
      return this;
    }

    /// Sets the human-readable name of the server, which is shown in lists.
    ///
    /// @param name any text; empty, the default, for none
    /// @return this builder
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name);
      return this;
    }

    /// Registers in this directory only. By default, the application determines it.
    ///
    /// @param directory the directory that contains `instances/`; created if it does not exist
    /// @return this builder
    public Builder stateDirectory(Path directory) {
      this.stateDirectory = Objects.requireNonNull(directory);
      return this;
    }

    /// Sets whether registering starts a sweep in the background, true by default.
    ///
    /// @param sweep false to leave dead instances to later sweeps
    /// @return this builder
    public Builder sweepOnRegister(boolean sweep) {
      this.sweep = sweep;
      return this;
    }

    /// Sets whether a sentinel stops the leftovers of this process as soon as it is killed, true by
    /// default. The sentinel is a waiting shell outside this process's session and process tree. It
    /// needs Linux, and either the library's jars as files or the variable `SEXTON_COMMAND`, which
    /// names a `sexton` launcher. No sentinel is started if a background watcher (`sexton watch
    /// --background`) is running when this process registers, because the watcher does the same.
    ///
    /// @param sentinel false to leave the leftovers to a watcher or a later sweep
    /// @return this builder
    public Builder sentinel(boolean sentinel) {
      this.sentinel = sentinel;
      return this;
    }

    /// Sets whether the user's watcher is started in the background if none is running when this
    /// process registers, false by default. The watcher replaces the sentinel: it is one process
    /// for all servers of the user, and it also knows which processes were below this one. It ends
    /// 60 s after the last server. It needs a `sexton` launcher, which the variable
    /// `SEXTON_COMMAND` names. Without a launcher, a sentinel is used.
    ///
    /// @param watcher true to use a watcher, where a launcher is known
    /// @return this builder
    public Builder watcher(boolean watcher) {
      this.watcher = watcher;
      return this;
    }

    /// Sets whether the instance is closed when the JVM ends, true by default. This covers a normal
    /// end, `System.exit`, SIGTERM, SIGINT and SIGHUP.
    ///
    /// @param close false if the server calls [InstanceTracker#close()] itself
    /// @return this builder
    public Builder closeOnShutdown(boolean close) {
      this.closeOnShutdown = close;
      return this;
    }

    /// Sets the grace period of [InstanceTracker#close()]: the time between the request to stop and
    /// the forced stop. 10 s by default.
    ///
    /// @param grace the grace period; zero forces the stop right after the request
    /// @return this builder
    /// @throws IllegalArgumentException if it is negative
    public Builder grace(Duration grace) {
      this.grace = Durations.requireNotNegative("grace period", grace);
      return this;
    }

    /// Keeps programs that match this pattern, and everything they start, in any sweep of the
    /// instance. [Sweeper.Builder#keep] describes patterns. The user's `keep.conf` takes
    /// precedence.
    ///
    /// @param pattern one more pattern; at most 64
    /// @return this builder
    /// @throws IllegalArgumentException if the pattern is invalid
    /// @throws IllegalStateException if there are 64 patterns already
    public Builder keep(String pattern) {
      if (keep.size() == InstanceRecord.MAX_KEEP) {
        throw new IllegalStateException(
            "a record has at most "
                + InstanceRecord.MAX_KEEP
                + " keep patterns: combine several with *");
      }
      keep.add(KeepPattern.require(pattern));
      return this;
    }

    /// Registers this process. Does not fail: if the record cannot be written, that is logged, and
    /// [InstanceTracker#isRegistered] returns false.
    ///
    /// @return the tracker of this process; never null
    public InstanceTracker register() {
      LiveRegistration.Protection protection =
          new LiveRegistration.Protection(
              sentinel, watcher, stateDirectory, closeOnShutdown ? grace : null);
      TrackerState state = Registrar.register(application, stateDirectory, name, keep, protection);
      if (sweep) {
        BackgroundSweep.start(application, stateDirectory);
      }
      return new InstanceTracker(state, grace);
    }
  }
}
