package dev.sexton.internal.watch;

import dev.sexton.InstanceReport;
import dev.sexton.Liveness;
import dev.sexton.SweepReport;
import dev.sexton.internal.Platform;
import dev.sexton.internal.process.Poller;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.Ports.SweepClock;
import dev.sexton.internal.sweep.SystemClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Stays, and sweeps each instance the moment its owner dies. The owners of all live instances are
 * held by descriptors, and new records are seen as they appear; besides, everything is swept on an
 * interval, for what the kernel does not tell: an owner in another PID namespace, a container
 * without a record.
 *
 * <p>{@link #run} is one thread's; sweeps run on others, so that one that waits for a grace to run
 * out holds up nobody.
 */
public final class Watcher {
  /** Is told what a watcher does. Called from several threads, one at a time. */
  public interface Listener {
    /** How many instances are watched now; called when that has changed. */
    void watching(int instances);

    /**
     * A sweep has ended.
     *
     * @param everything whether it looked at everything there is
     */
    void swept(SweepReport report, boolean everything);
  }

  /**
   * How often an instance is looked at again whose owner's process has ended while its lock is
   * still held, and after how long: the kernel drops locks some milliseconds after a death.
   */
  private static final int LOOKS_AFTER_DEATH = 100;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

  private final Sweeps sweeps;
  private final DeathWatch deaths;
  private final HeldOwners held;

  /** The state directories that the last look at everything found, by their {@code instances/}. */
  private final Map<Path, StateDirectory> directories = new HashMap<>();

  private final Executor executor;
  private final Listener listener;
  private final SweepClock clock;
  private final Duration interval;
  private final AtomicBoolean sweepingAll = new AtomicBoolean();
  private int told = -1;

  Watcher(
      Sweeps sweeps,
      ProcessTable processes,
      DeathWatch deaths,
      Executor executor,
      Listener listener,
      SweepClock clock,
      Duration interval) {
    this.sweeps = sweeps;
    this.deaths = deaths;
    this.held = new HeldOwners(sweeps, processes, deaths);
    this.executor = executor;
    this.listener = listener;
    this.clock = clock;
    this.interval = interval;
  }

  /**
   * A watcher of this machine.
   *
   * @param environment tells where state directories and engines are
   * @param applications only these; all if empty
   * @param directory only this state directory; null for all that are known
   * @param grace how long what is asked to stop has before it is forced
   * @param keep patterns of programs that are kept beside those of the user's file
   * @param interval how often everything is swept besides
   */
  public static Watcher ofThisMachine(
      Map<String, String> environment,
      List<String> applications,
      @Nullable Path directory,
      Duration grace,
      List<String> keep,
      Duration interval,
      Listener listener) {
    ProcessTable processes = Platform.residentProcesses();
    Poller poller = Poller.open();
    return new Watcher(
        new LocalSweeps(environment, applications, directory, grace, keep, processes),
        processes,
        poller == null ? new IntervalOnly() : new KernelDeathWatch(poller, processes),
        task -> Thread.ofPlatform().daemon().name("sexton-watch").start(task),
        listener,
        new SystemClock(),
        interval);
  }

  /** Watches until the thread is interrupted. */
  public void run() {
    executor.execute(sweeps::rehearse);
    long due = clock.nanoTime();
    while (!Thread.currentThread().isInterrupted()) {
      if (clock.nanoTime() - due >= 0) {
        lookEverywhere();
        due = clock.nanoTime() + interval.toNanos();
      }
      react(deaths.await(Duration.ofNanos(Math.max(0, due - clock.nanoTime()))));
    }
  }

  /** How many live instances are held. */
  int size() {
    return held.size();
  }

  /** What the interval brings: a whole sweep, and a look for what was missed. */
  void lookEverywhere() {
    sweeps.parents().forEach(this::watchNearest);
    Map<String, StateDirectory> present = new HashMap<>();
    directories.clear();
    for (StateDirectory directory : sweeps.directories()) {
      Path instances = directory.path().resolve("instances");
      directories.put(instances, directory);
      watchNearest(instances);
      list(directory).forEach(id -> present.put(id, directory));
    }
    held.retain(present.keySet());
    present.keySet().removeIf(held::contains);
    held.admit(present);
    sweepAll(); // The dead among them too.
    tellSize();
  }

  /**
   * Watches a directory; one that is yet to be made is seen to appear in what is there of its path.
   */
  private void watchNearest(Path directory) {
    Path nearest = directory;
    while (nearest != null && !deaths.watch(nearest)) {
      nearest = nearest.getParent();
    }
  }

  /** Whether what has appeared may hold records, or leads to where some may be made. */
  private boolean matters(DeathWatch.News.Appeared file) {
    Path appeared = file.directory().resolve(file.fileName());
    return file.fileName().isEmpty()
        || sweeps.parents().stream()
            .anyMatch(parent -> parent.equals(file.directory()) || parent.startsWith(appeared))
        || directories.keySet().stream().anyMatch(instances -> instances.startsWith(appeared));
  }

  private static Set<String> list(StateDirectory directory) {
    Set<String> ids = new LinkedHashSet<>();
    try {
      if (directory.exists()) {
        for (String name : directory.list()) {
          String id = StateDirectory.instanceOf(name);
          if (id != null) {
            ids.add(id);
          }
        }
      }
    } catch (IOException unreadable) {
      // The sweep of the interval reports it.
    }
    return ids;
  }

  private void sweepAll() {
    if (sweepingAll.compareAndSet(false, true)) {
      Map<String, ProcessInfo> owners = held.owners();
      executor.execute(() -> {
        try {
          tell(sweeps.sweepAll(owners), true);
        } finally {
          sweepingAll.set(false);
        }
      });
    }
  }

  /** Acts on what has happened. */
  void react(List<DeathWatch.News> news) {
    Map<String, HeldOwners.Held> died = new HashMap<>();
    Map<String, StateDirectory> appeared = new HashMap<>();
    boolean everywhere = false;
    for (DeathWatch.News one : news) {
      switch (one) {
        case DeathWatch.News.Ended ended -> died.putAll(held.release(ended.process()));
        case DeathWatch.News.Appeared file -> {
          StateDirectory directory = directoryOf(file);
          if (directory == null) {
            everywhere |= matters(file);
          } else {
            String id = StateDirectory.instanceOf(file.fileName());
            if (id != null && !held.contains(id)) {
              appeared.put(id, directory);
            }
          }
        }
      }
    }
    Map<String, StateDirectory> dead = new HashMap<>();
    Map<String, ProcessInfo> witnessed = new HashMap<>();
    died.forEach((id, instance) -> {
      dead.put(id, instance.directory());
      witnessed.put(id, instance.owner());
    });
    sweep(dead, witnessed);
    sweep(held.admit(appeared), Map.of());
    if (everywhere) {
      lookEverywhere();
    }
    tellSize();
  }

  /** Whose {@code instances/} a file has appeared in; null if it is not in one, or in all of it. */
  private @Nullable StateDirectory directoryOf(DeathWatch.News.Appeared file) {
    return file.fileName().isEmpty() ? null : directories.get(file.directory());
  }

  /** Sweeps instances of which each was seen to die, or was found dead at first sight. */
  private void sweep(Map<String, StateDirectory> dead, Map<String, ProcessInfo> witnessed) {
    if (!dead.isEmpty()) {
      executor.execute(() -> sweepUntilJudgedDead(new HashMap<>(dead), witnessed));
    }
  }

  private void sweepUntilJudgedDead(
      Map<String, StateDirectory> dead, Map<String, ProcessInfo> witnessed) {
    for (int look = 0; look < LOOKS_AFTER_DEATH && !dead.isEmpty(); look++) {
      if (look > 0) {
        clock.sleep(BETWEEN_LOOKS);
      }
      SweepReport report =
          sweeps.sweep(new LinkedHashSet<>(dead.values()), Set.copyOf(dead.keySet()), witnessed);
      tell(report, false);
      Set<String> alive = new LinkedHashSet<>();
      for (InstanceReport instance : report.instances()) {
        if (instance.liveness() == Liveness.ALIVE) {
          alive.add(instance.instanceId());
        }
      }
      dead.keySet().retainAll(alive);
    }
  }

  private void tell(SweepReport report, boolean everything) {
    synchronized (listener) {
      listener.swept(report, everything);
    }
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
