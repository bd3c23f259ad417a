package dev.sexton.internal.watch;

import dev.sexton.StateScope;
import dev.sexton.Watcher;
import dev.sexton.internal.Platform;
import dev.sexton.internal.process.Poller;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.Ports.SweepClock;
import dev.sexton.internal.sweep.SystemClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Runs in the background, and sweeps each instance the moment its owner dies. Descriptors hold the
/// owners of all live instances, and new records are noticed as they appear. In addition,
/// everything is swept at an interval, because the kernel does not report an owner in another PID
/// namespace or a container without a record. The watcher remembers the processes below an owner
/// while it lives. It stops a server of `sexton run` whose client has ended or closed its stdin.
///
/// [#run] belongs to one thread. Sweeps run on others, so that one that waits for a grace period to
/// expire delays nothing else.
public final class WatchLoop {
  private final DeathWatch deaths;
  private final WatchedDirectories directories;
  private final WatchedOwners held;
  private final SweepRunner runner;
  private final StdinMonitor stdin;
  private final DescendantMonitor descendants;
  private final Watcher.Listener listener;
  private final SweepClock clock;
  private final Duration interval;
  private int told = -1;

  WatchLoop(WatcherPorts ports, Watcher.Listener listener, Duration interval) {
    this.deaths = ports.deaths();
    this.directories = new WatchedDirectories(ports.sweeps(), deaths);
    this.held = new WatchedOwners(ports.sweeps(), ports.processes(), deaths);
    this.runner = new SweepRunner(ports, listener);
    this.stdin = new StdinMonitor(held, ports.processes(), runner);
    this.descendants = new DescendantMonitor(held, ports);
    this.listener = listener;
    this.clock = ports.clock();
    this.interval = interval;
  }

  /// Creates a watcher of this machine.
  ///
  /// @param grace the grace period of sweeps
  /// @param interval how often everything is swept in addition
  public static WatchLoop ofThisMachine(
      StateScope scope, Duration grace, Duration interval, Watcher.Listener listener) {
    ProcessTable processes = Platform.residentProcesses();
    Poller poller = Poller.open();
    WatcherPorts ports =
        new WatcherPorts(
            new LocalSweeps(scope, grace, processes),
            processes,
            poller == null ? new IntervalDeathWatch() : new KernelDeathWatch(poller, processes),
            task -> Thread.ofPlatform().daemon().name("sexton-watch").start(task),
            new SystemClock());
    return new WatchLoop(ports, listener, interval);
  }

  /// Watches until the thread is interrupted.
  ///
  /// @param idle the time without live instances and tasks after which it also ends; null to stay
  public void run(@Nullable Duration idle) {
    runner.rehearse();
    long due = clock.nanoTime();
    long busy = due;
    while (!Thread.currentThread().isInterrupted()) {
      long now = clock.nanoTime();
      if (held.size() > 0 || runner.isWorking()) {
        busy = now;
      } else if (idle != null && now - busy >= idle.toNanos() && !runner.isSweepingAll()) {
        return;
      }
      if (now - due >= 0) {
        lookEverywhere();
        due = clock.nanoTime() + interval.toNanos();
      }
      long next = lookAtTheLiving(due);
      react(deaths.await(Duration.ofNanos(Math.max(0, next - clock.nanoTime()))));
    }
  }

  /// Checks facts about live instances that the kernel does not report, as far as they are due.
  ///
  /// @param due when everything else is due
  /// @return when the next check is due, no later than `due`
  private long lookAtTheLiving(long due) {
    if (held.size() == 0) {
      return due;
    }
    long now = clock.nanoTime();
    long next = due;
    if (stdin.isNeeded()) {
      next = Math.min(next, stdin.checkIfDue(now));
    }
    return Math.min(next, descendants.checkIfDue(now));
  }

  /// Checks everything once more, waits until that is done, and returns whether anything is alive.
  public boolean isNeeded() {
    lookEverywhere();
    runner.await();
    return held.size() > 0;
  }

  /// Returns how many live instances are held.
  int size() {
    return held.size();
  }

  /// Performs the work of the interval: a full sweep, and a search for missed changes.
  void lookEverywhere() {
    Map<String, StateDirectory> present = directories.scan();
    held.retain(present.keySet());
    present.keySet().removeIf(id -> held.contains(id) || runner.isDying(id));
    runner.stopAbandoned(held.abandoned());
    Map<String, StateDirectory> dead = admit(present);
    runner.sweepAll(dead, held.endings(clock.nanoTime())); // Includes the dead among them.
    tellSize();
  }

  /// Starts to hold new instances, and returns those that are dead.
  private Map<String, StateDirectory> admit(Map<String, StateDirectory> newcomers) {
    int before = held.size();
    WatchedOwners.Admission admission = held.admit(newcomers, clock.nanoTime());
    runner.stopAbandoned(admission.abandoned());
    if (held.size() != before) {
      long now = clock.nanoTime();
      descendants.expedite(now);
      stdin.schedule(now);
    }
    return admission.dead();
  }

  /// Reacts to events.
  void react(List<DeathWatch.News> news) {
    List<WatchedInstance> died = new ArrayList<>();
    List<WatchedInstance> abandoned = new ArrayList<>();
    Map<String, StateDirectory> appeared = new HashMap<>();
    boolean everywhere = false;
    for (DeathWatch.News one : news) {
      switch (one) {
        case DeathWatch.News.Ended ended -> {
          died.addAll(held.release(ended.process()));
          abandoned.addAll(held.clientsOf(ended.process()));
          if (held.isRunnersClient(ended.process())) {
            stdin.expedite(clock.nanoTime()); // By now its end of the pipe is closed as well.
          }
        }
        case DeathWatch.News.Appeared file -> {
          StateDirectory directory = directories.of(file);
          if (directory == null) {
            everywhere |= directories.matters(file);
          } else {
            String id = StateDirectory.instanceOf(file.fileName());
            if (id != null && !held.contains(id)) {
              appeared.put(id, directory);
            }
          }
        }
      }
    }
    runner.sweepDied(died);
    abandoned.removeIf(instance -> !held.contains(instance.instanceId()));
    runner.stopAbandoned(abandoned);
    runner.sweepDead(admit(appeared));
    if (everywhere) {
      lookEverywhere();
    }
    tellSize();
  }

  private void tellSize() {
    if (told != held.size()) {
      told = held.size();
      synchronized (listener) {
        listener.watching(told);
      }
    }
  }
}
