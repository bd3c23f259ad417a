package dev.sexton.internal.launch;

import dev.sexton.Inventory;
import dev.sexton.Liveness;
import dev.sexton.StateScope;
import dev.sexton.SweepReport;
import dev.sexton.Watcher;
import dev.sexton.internal.Platform;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.Signal;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.sweep.SystemClock;
import dev.sexton.internal.watch.FleetMembership;
import dev.sexton.internal.watch.WatchLoop;
import dev.sexton.internal.watch.WatcherSeat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The watcher that runs in the background for one user and one root directory. It ends by itself
/// after the last instance.
public final class BackgroundWatcher implements Watcher.Listener {
  /// How long it stays after the last instance has ended.
  private static final Duration IDLE = Duration.ofSeconds(60);

  /// How long a watcher may take to end on request.
  private static final Duration END = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMillis(10);

  /// A larger log becomes the old log.
  private static final long LOG_BYTES = 1 << 20;

  /// The build of a program.
  public interface Build {
    /// Returns the build in one word.
    String name();

    /// Returns when it was built, in milliseconds since 1970; 0 if unknown.
    long builtAt();

    /// Returns whether another build has replaced it.
    boolean isReplaced();

    /// Starts a watcher of the current build in the background.
    ///
    /// @param root the only state directory that it serves; null for those of the user
    /// @throws IOException if it cannot be started
    void startWatcher(@Nullable Path root) throws IOException;
  }

  /// The terms of a watcher.
  ///
  /// @param grace the grace period of its sweeps
  /// @param interval how often everything is swept in addition
  /// @param listener is notified of what the watcher does
  public record Terms(Duration grace, Duration interval, Watcher.Listener listener) {}

  /// A running watcher.
  ///
  /// @param pid its PID
  /// @param isStopped whether it is stopped by a signal and therefore does nothing
  public record Running(long pid, boolean isStopped) {}

  private final Path root;
  private final StateScope scope;
  private final WatcherSeat seat;
  private final Watcher.Listener listener;
  private final Build build;
  private boolean isReplaced;

  private BackgroundWatcher(
      Path root, StateScope scope, WatcherSeat seat, Watcher.Listener listener, Build build) {
    this.root = root;
    this.scope = scope;
    this.seat = seat;
    this.listener = listener;
    this.build = build;
  }

  /// Returns the directory that the watcher of a scope serves, with everything below it.
  public static Path root(StateScope scope) {
    return WatcherSeat.root(scope.environment(), scope.stateDirectory());
  }

  /// Returns the watcher of a scope; null if none runs or that cannot be determined.
  public static @Nullable Running find(StateScope scope) {
    WatcherSeat.Holder holder = WatcherSeat.find(root(scope), Platform.processes(false));
    return holder == null ? null : new Running(holder.process().pid(), holder.isStopped());
  }

  /// Returns how many live servers of `sexton run` need a watcher.
  public static int servers(Inventory inventory) {
    return (int)
        inventory.instances().stream()
            .filter(instance -> instance.owner().isRun() && instance.liveness() == Liveness.ALIVE)
            .count();
  }

  /// Returns why nothing can be watched here; null if something can.
  public static @Nullable String defect() {
    return Platform.residentProcesses().defect();
  }

  /// Watches until no instance has been alive for a minute. Returns at once if a watcher that is as
  /// new or newer runs already. An older one hands over.
  ///
  /// @throws IOException if the seat cannot be taken or its file cannot be written
  public static void run(StateScope scope, Terms terms, Build build) throws IOException {
    Path root = root(scope);
    WatcherSeat seat =
        WatcherSeat.take(root, Platform.residentProcesses(), build.name(), build.builtAt());
    if (seat == null) {
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(seat::close));
    try (seat) {
      BackgroundWatcher upkeep = new BackgroundWatcher(root, scope, seat, terms.listener(), build);
      try (FleetMembership fleet = FleetMembership.of(scope, upkeep)) {
        runWhileNeeded(
            WatchLoop.ofThisMachine(scope, terms.grace(), terms.interval(), fleet.listener()),
            seat);
      }
    }
  }

  private static void runWhileNeeded(WatchLoop watcher, WatcherSeat seat) throws IOException {
    while (true) {
      watcher.run(IDLE);
      // A launcher writes its record and then looks for this watcher, so the second of the two
      // sees the other.
      seat.retire();
      if (!watcher.isNeeded()) {
        return;
      }
      seat.resume();
    }
  }

  /// Ends the watcher of a scope and waits until it has ended.
  ///
  /// @return its PID; 0 if none runs
  /// @throws IOException if it does not end; the message has the PID
  public static long end(StateScope scope) throws IOException {
    ProcessTable processes = Platform.processes(false);
    WatcherSeat.Holder holder = WatcherSeat.find(root(scope), processes);
    if (holder == null) {
      return 0;
    }
    long pid = holder.process().pid();
    processes.signal(holder.process(), Signal.TERM);
    SystemClock clock = new SystemClock();
    long deadline = clock.nanoTime() + END.toNanos();
    while (processes.isRunning(holder.process())) {
      if (clock.nanoTime() - deadline > 0) {
        throw new IOException("process " + pid);
      }
      clock.sleep(PAUSE);
    }
    return pid;
  }

  @Override
  public void watching(int instances) {
    listener.watching(instances);
  }

  /// Does what a background watcher has to do in addition. It limits the log's size, lets a newer
  /// build take over, and hides from launchers while it ignores an untrusted directory.
  @Override
  public void swept(SweepReport report, boolean everything) {
    listener.swept(report, everything);
    if (everything) {
      trim(root.resolve(WatcherSeat.LOG));
      showOrHide();
      if (!isReplaced && build.isReplaced()) {
        isReplaced = true;
        startNewer();
      }
    }
  }

  private void showOrHide() {
    for (FileStateDirectory directory : StateDirectories.in(scope)) {
      if (directory.exists() && directory.untrustedReason() != null) {
        seat.hide();
        return;
      }
    }
    try {
      seat.show();
    } catch (IOException unwritable) {
      return; // Then every server starts the slower way.
    }
  }

  private static void trim(Path log) {
    try {
      if (Files.exists(log) && Files.size(log) > LOG_BYTES) {
        Files.copy(
            log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel channel =
            FileChannel.open(log, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
          channel.truncate(0);
        }
      }
    } catch (IOException unwritable) {
      return; // It is tried again.
    }
  }

  private void startNewer() {
    try {
      build.startWatcher(scope.stateDirectory() == null ? null : root);
    } catch (IOException later) {
      return; // It is started when this one has ended.
    }
  }
}
