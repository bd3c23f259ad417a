package dev.sexton;

import dev.sexton.internal.Platform;
import dev.sexton.internal.instance.RegisteredInstance;
import dev.sexton.internal.launch.Launcher;
import dev.sexton.internal.launch.Sentinel;
import dev.sexton.internal.launch.ShutdownHook;
import dev.sexton.internal.launch.WatcherStart;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.KeepSource;
import dev.sexton.internal.sweep.SelfCleanup;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.internal.watch.WatcherSeat;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An instance that this process has registered: its record, the launcher of its processes, and how
/// it ends. Safe for use by multiple threads.
final class LiveRegistration implements TrackerState {
  private static final Logger LOG = System.getLogger("dev.sexton");

  /// The longest that closing may take beyond the grace period.
  private static final Duration CLOSE_MARGIN = Duration.ofSeconds(20);

  private final FileStateDirectory directory;
  private final RegisteredInstance record;
  private final InstanceRecord initial;
  private final @Nullable Sentinel sentinel;
  private final Launcher launcher;
  private final CloseOnce closing = new CloseOnce();
  private @Nullable ShutdownHook hook;

  /// How the instance is cleaned up when its process ends.
  ///
  /// @param sentinel whether a sentinel stops what is left after a kill, unless a watcher does
  /// @param watcher whether a watcher is started if none runs
  /// @param named the state directory that was named explicitly; null if none was
  /// @param graceOnShutdown the grace period of closing when the JVM ends; null if it does not
  ///   close the instance then
  record Protection(
      boolean sentinel, boolean watcher, @Nullable Path named, @Nullable Duration graceOnShutdown) {
    private boolean needsSentinel() {
      boolean isWatched = (sentinel || watcher) && isWatched();
      return sentinel && !isWatched;
    }

    /// Returns whether a watcher handles this process, or will do so shortly.
    private boolean isWatched() {
      Path root = WatcherSeat.root(System.getenv(), named);
      return WatcherSeat.isWatched(root, Platform.residentProcesses())
          || (watcher && WatcherStart.attempt(System.getenv(), root, named));
    }
  }

  private LiveRegistration(
      FileStateDirectory directory, RegisteredInstance record, Protection protection) {
    this.directory = directory;
    this.record = record;
    this.initial = record.initial();
    String id = initial.instanceId();
    this.sentinel =
        protection.needsSentinel()
            ? Sentinel.start(
                System.getenv(),
                id,
                directory.path().toAbsolutePath(),
                directory.file(StateDirectory.recordOf(id)).toAbsolutePath())
            : null;
    this.launcher = new Launcher(record, InstanceMarker.of(directory.application(), id), sentinel);
  }

  /// Has the instance cleaned up when this process ends.
  static LiveRegistration begin(
      FileStateDirectory directory, RegisteredInstance record, Protection protection) {
    LiveRegistration registration = new LiveRegistration(directory, record, protection);
    Duration grace = protection.graceOnShutdown();
    if (grace != null) {
      registration.hook = ShutdownHook.add(() -> registration.close(grace));
    }
    return registration;
  }

  @Override
  public FileStateDirectory directory() {
    return directory;
  }

  @Override
  public InstanceRecord initial() {
    return initial;
  }

  @Override
  public Map<String, TrackedProcess> tracked() {
    return record.tracked();
  }

  RegisteredInstance record() {
    return record;
  }

  /// Starts a process and tracks it until it ends, unless it opts out.
  ///
  /// @throws IllegalStateException if the instance is closed or unregistered
  Process launch(String name, ProcessBuilder builder) throws IOException {
    return Launcher.isKept(builder) ? builder.start() : launcher.launch(name, builder);
  }

  /// Removes the record and the lock. A warning reports tracked processes that are running.
  void unregister() {
    launcher.end();
    warnOfRunning();
    remove();
    removeHook();
  }

  private void warnOfRunning() {
    List<String> running = new ArrayList<>();
    tracked()
        .forEach((name, process) -> {
          if (Platform.residentProcesses().find(process.pid()).mayBeAlive()) {
            running.add(name);
          }
        });
    if (!running.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "instance {0} is unregistered while it still tracks running processes, which no sweep"
              + " will stop now: \"{1}\"{2}",
          initial.instanceId(),
          printable(running.getFirst()),
          running.size() == 1 ? "" : " and " + (running.size() - 1) + " more");
    }
  }

  /// Returns the name with control characters replaced, for use in a log message.
  private static String printable(String name) {
    return name.replaceAll("\\p{Cc}", "\uFFFD");
  }

  private void remove() {
    try {
      record.unregister();
      if (sentinel != null) {
        sentinel.dismiss();
      }
    } catch (IOException failed) {
      LOG.log(
          Level.WARNING,
          "the record {0} could not be removed ({1}); the next sweep removes it",
          file(),
          failed.getMessage());
    }
  }

  /// Stops everything that is left of the instance and unregisters it. If something is still left,
  /// the record stays. If another thread is closing the instance, waits for that thread.
  void close(Duration grace) {
    if (!closing.begin()) {
      if (!closing.await(grace.plus(CLOSE_MARGIN))) {
        LOG.log(Level.WARNING, "instance {0} is still being closed", initial.instanceId());
      }
      return;
    }
    try {
      stopAndRemove(grace);
    } finally {
      closing.end();
      removeHook();
    }
  }

  private void stopAndRemove(Duration grace) {
    launcher.end();
    record.flush();
    List<ResourceReport> left =
        stop(grace).stream().filter(resource -> resource.outcome().isLeft()).toList();
    if (left.isEmpty()) {
      remove();
    } else {
      LOG.log(
          Level.WARNING,
          "instance {0} is closed, but something is left: {1}: {2}",
          initial.instanceId(),
          printable(left.getFirst().name()),
          left.getFirst().reason());
      record.abandon(); // The sentinel retries when this process ends.
    }
  }

  private void removeHook() {
    if (hook != null) {
      hook.remove();
    }
  }

  private List<ResourceReport> stop(Duration grace) {
    ProcessTable processes = Platform.residentProcesses();
    InstanceRecord content = content();
    User self =
        processes.find(processes.self()) instanceof ProcessLookup.Present present
            ? processes.user(present.process())
            : null;
    User user = Objects.requireNonNullElse(self, new User(-1, ""));
    List<ResourceProvider> providers =
        content.containers() == ContainerUse.USED ? Platform.providers(System.getenv()) : List.of();
    try {
      SweepRequest options =
          SweepRequest.of(List.of(directory))
              .grace(grace)
              .neighbours(new StateDirectories(System.getenv()).everyDirectory(List.of(directory)))
              .keep(KeepSource.of(System.getenv(), List.of()))
              .build();
      return SelfCleanup.stop(
          Platform.ports(processes, providers), directory, content, user, options);
    } finally {
      providers.forEach(ResourceProvider::close);
    }
  }

  /// Returns what the file says; what was registered if the file was removed or damaged.
  private InstanceRecord content() {
    try {
      return directory.read(StateDirectory.recordOf(initial.instanceId())).record(file());
    } catch (RecordException removed) {
      return initial;
    }
  }
}
