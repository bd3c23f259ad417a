package dev.sexton.cli;

import dev.sexton.Instances;
import dev.sexton.StateScope;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import dev.sexton.internal.Platform;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.Signal;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.sweep.SystemClock;
import dev.sexton.internal.watch.WatchSettings;
import dev.sexton.internal.watch.Watcher;
import dev.sexton.internal.watch.WatcherSeat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/// The command `sexton watch`: stays, and sweeps each instance as soon as its owner dies.
final class WatchCommand implements Command {
  /// The maximum delay for changes that the kernel does not report.
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  /// How long a background watcher stays after the last instance has ended.
  private static final Duration IDLE = Duration.ofSeconds(60);

  /// How long a watcher may take to end on request.
  private static final Duration END = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMillis(10);

  /// A larger log becomes the old log.
  private static final long LOG_BYTES = 1 << 20;

  @Override
  public String name() {
    return "watch";
  }

  @Override
  public String summary() {
    return "keep running, and sweep each server when it dies";
  }

  @Override
  public List<String> otherForms() {
    return List.of("--background [--state-dir DIR]", "--stop [--state-dir DIR]");
  }

  @Override
  public String description() {
    return """
    Keeps running and sweeps each instance as soon as its owner process dies. Prints one
    line for each action. Ends on SIGTERM or Ctrl-C.
    """;
  }

  @Override
  public List<OptionGroup> optionGroups() {
    return List.of(
        new OptionGroup(
            "",
            List.of(
                OptionSpec.value(
                    "interval", "TIME", "how often everything is swept in addition (default 5s)"),
                OptionSpec.value("grace", "TIME", "time between SIGTERM and SIGKILL (default 10s)"),
                KeepOption.SPEC,
                OptionSpec.flag(
                    "background",
                    "start the watcher in the background, unless it is already running; sexton"
                        + " run does the same. Its log is watcher.log in ~/.sexton. It ends 60s"
                        + " after the last server."),
                OptionSpec.flag(
                    "stop",
                    "stop the watcher in the background; the next sexton run starts it again"))));
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    if (arguments.has("stop")) {
      return stop(io, arguments);
    }
    if (arguments.has("background")) {
      return inBackground(io, arguments);
    }
    watcher(ScopeArguments.of(io, arguments), arguments, output(io, arguments)).run(null);
    return ExitCode.DONE;
  }

  private static Watcher.Listener output(Io io, Arguments arguments) throws CommandException {
    Duration grace = arguments.duration("grace", Instances.DEFAULT_GRACE);
    return new WatchOutput(io, arguments, Sweeper.patience(grace));
  }

  private static Watcher watcher(StateScope scope, Arguments arguments, Watcher.Listener listener)
      throws CommandException {
    Duration interval = arguments.duration("interval", INTERVAL);
    if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
      throw CommandException.usage(
          "--interval is too short: " + HumanFormat.millis(interval.toMillis()),
          "write 100ms or more; deaths are noticed at once, whatever the interval");
    }
    Duration grace = arguments.duration("grace", Instances.DEFAULT_GRACE);
    return Watcher.ofThisMachine(
        new WatchSettings(
            scope.environment(),
            scope.applications(),
            scope.stateDirectory(),
            grace,
            scope.keep()),
        interval,
        listener);
  }

  private static int inBackground(Io io, Arguments arguments) throws CommandException {
    ProcessTable processes = Platform.residentProcesses();
    String defect = processes.defect();
    if (defect != null) {
      throw CommandException.cannot("nothing can be watched here", defect, null);
    }
    Path root = WatcherSeat.root(io.environment(), arguments.stateDirectory());
    WatcherSeat seat;
    try {
      seat = WatcherSeat.take(root, processes, JavaCommand.build(), JavaCommand.builtAt());
    } catch (IOException failed) {
      throw CommandException.cannot(
          "no watcher can be started in " + root + " (" + failed + ")",
          "check that it is a directory that belongs to you, with free disk space",
          failed);
    }
    if (seat == null) {
      return ExitCode.DONE;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(seat::close));
    try (seat) {
      StateScope scope = ScopeArguments.ofAny(io, arguments);
      Upkeep upkeep = new Upkeep(output(io, arguments), root, scope, seat);
      Watcher watcher = watcher(scope, arguments, upkeep);
      while (true) {
        watcher.run(IDLE);
        // A launcher writes its record and then looks for this watcher, so the second of the two
        // sees the other.
        seat.retire();
        if (!watcher.isNeeded()) {
          return ExitCode.DONE;
        }
        seat.resume();
      }
    } catch (RuntimeException unexpected) {
      // Not the exit code for what cannot work here, so that the watcher is restarted.
      io.notes().line("an unexpected error: " + unexpected);
      return ExitCode.LEFT;
    } catch (IOException failed) {
      throw CommandException.cannot(
          "the file " + root.resolve("watcher") + " cannot be written (" + failed + ")",
          "check that its directory belongs to you, with free disk space",
          failed);
    }
  }

  private static int stop(Io io, Arguments arguments) throws CommandException {
    ProcessTable processes = Platform.processes(false);
    Path root = WatcherSeat.root(io.environment(), arguments.stateDirectory());
    WatcherSeat.Holder holder = WatcherSeat.find(root, processes);
    if (holder == null) {
      if (!arguments.quiet()) {
        io.notes().line("no watcher runs for " + root);
      }
      return ExitCode.DONE;
    }
    long pid = holder.process().pid();
    processes.signal(holder.process(), Signal.TERM);
    SystemClock clock = new SystemClock();
    long deadline = clock.nanoTime() + END.toNanos();
    while (processes.isRunning(holder.process())) {
      if (clock.nanoTime() - deadline > 0) {
        throw CommandException.cannot(
            "the watcher does not end: process " + pid,
            "check whether it is stopped, or kill it",
            null);
      }
      clock.sleep(PAUSE);
    }
    if (!arguments.quiet()) {
      io.notes().line("the watcher has ended: process " + pid);
    }
    return ExitCode.DONE;
  }

  /// The additional tasks of a background watcher. It limits the log's size, lets a newer build
  /// take over, and hides from launchers while it ignores an untrusted directory.
  private static final class Upkeep implements Watcher.Listener {
    private final Watcher.Listener output;
    private final Path root;
    private final StateScope scope;
    private final WatcherSeat seat;
    private boolean isReplaced;

    Upkeep(Watcher.Listener output, Path root, StateScope scope, WatcherSeat seat) {
      this.output = output;
      this.root = root;
      this.scope = scope;
      this.seat = seat;
    }

    @Override
    public void watching(int instances) {
      output.watching(instances);
    }

    @Override
    public void swept(SweepReport report, boolean everything) {
      output.swept(report, everything);
      if (everything) {
        trim(root.resolve(WatcherSeat.LOG));
        showOrHide();
        if (!isReplaced && JavaCommand.isReplaced()) {
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
              log,
              log.resolveSibling(log.getFileName() + ".1"),
              StandardCopyOption.REPLACE_EXISTING);
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
        var _ = JavaCommand.startWatcher(scope.stateDirectory() == null ? null : root);
      } catch (IOException later) {
        return; // It is started when this one has ended.
      }
    }
  }
}
