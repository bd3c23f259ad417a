package dev.sexton.internal.watch;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import dev.sexton.InstanceReport;
import dev.sexton.Liveness;
import dev.sexton.RecordException;
import dev.sexton.SweepReport;
import dev.sexton.internal.Platform;
import dev.sexton.internal.process.ClientStdin;
import dev.sexton.internal.process.Poller;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RunTerms;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.InstanceStopper;
import dev.sexton.internal.sweep.Ports.SweepClock;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import dev.sexton.internal.sweep.SystemClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Stays, and sweeps each instance the moment its owner dies. The owners of all live instances are
 * held by descriptors, and new records are seen as they appear; besides, everything is swept on an
 * interval, for what the kernel does not tell: an owner in another PID namespace, a container
 * without a record. Remembers who is below an owner while that lives, and ends a server of {@code
 * sexton run} whose client has ended or closed its stdin.
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

  /** How often the stdin of servers is looked at: a server has seconds to end by itself. */
  private static final long STDIN_NANOS = Duration.ofSeconds(1).toNanos();

  /**
   * Between two looks at who is below the owners: soon after something has changed, and seldom
   * where nothing does.
   */
  private static final long SHORTEST_NANOS = Duration.ofMillis(50).toNanos();

  private static final long LONGEST_NANOS = Duration.ofSeconds(2).toNanos();

  /** A pause is at least so many times as long as the look before it: 4 % of one core. */
  private static final int PAUSE_FACTOR = 25;

  /**
   * When the engines are asked again after the end of a docker client: a container that it had
   * asked for was seen to appear up to 53 ms after its death, and to start running up to 1.2 s
   * after it.
   */
  private static final List<Duration> LATE =
      List.of(Duration.ofMillis(150), Duration.ofMillis(1200));

  private final WatcherSweeps sweeps;
  private final ProcessTable processes;
  private final DeathWatch deaths;
  private final WatchedOwners held;

  /** The state directories that the last look at everything found, by their {@code instances/}. */
  private final Map<Path, StateDirectory> directories = new HashMap<>();

  private final Executor executor;
  private final Listener listener;
  private final SweepClock clock;
  private final Duration interval;
  private final AtomicBoolean sweepingAll = new AtomicBoolean();

  /** Tasks that something has given cause for, and not the interval. */
  private final AtomicInteger working = new AtomicInteger();

  /**
   * What is known of the ends of instances that were seen to die, until they are swept: a sweep of
   * everything may come first, and must know as much.
   */
  private final Map<String, Ending> dying = new ConcurrentHashMap<>();

  /** Since when a server's client has closed its stdin, by instance. */
  private final Map<String, Long> closedSince = new HashMap<>();

  private long stdinDue;
  private long descendantsDue;
  private long descendantsPause = SHORTEST_NANOS;
  private int told = -1;

  Watcher(
      WatcherSweeps sweeps,
      ProcessTable processes,
      DeathWatch deaths,
      Executor executor,
      Listener listener,
      SweepClock clock,
      Duration interval) {
    this.sweeps = sweeps;
    this.processes = processes;
    this.deaths = deaths;
    this.held = new WatchedOwners(sweeps, processes, deaths);
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
        poller == null ? new IntervalDeathWatch() : new KernelDeathWatch(poller, processes),
        task -> Thread.ofPlatform().daemon().name("sexton-watch").start(task),
        listener,
        new SystemClock(),
        interval);
  }

  /**
   * Watches until the thread is interrupted.
   *
   * @param idle ends also once nothing has been alive and nothing was to do for so long; null if it
   *     stays
   */
  public void run(@Nullable Duration idle) {
    execute(sweeps::rehearse);
    long due = clock.nanoTime();
    long busy = due;
    while (!Thread.currentThread().isInterrupted()) {
      long now = clock.nanoTime();
      if (held.size() > 0 || working.get() > 0) {
        busy = now;
      } else if (idle != null && now - busy >= idle.toNanos() && !sweepingAll.get()) {
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

  /// Looks at what the kernel does not tell of live instances, as far as it is time to.
  ///
  /// @param due when everything else is due
  /// @return when the next look is due, at the latest then
  private long lookAtTheLiving(long due) {
    if (held.size() == 0) {
      return due;
    }
    long now = clock.nanoTime();
    long next = due;
    if (held.all().stream().anyMatch(Watcher::watchesStdin)) {
      if (now - stdinDue >= 0) {
        lookAtStdin(now);
        stdinDue = now + STDIN_NANOS;
      }
      next = Math.min(next, stdinDue);
    }
    if (now - descendantsDue >= 0) {
      lookAtDescendants();
      descendantsDue = clock.nanoTime() + descendantsPause;
    }
    return Math.min(next, descendantsDue);
  }

  private static boolean watchesStdin(WatchedInstance instance) {
    RunTerms terms = instance.terms();
    return terms != null && terms.afterStdinClose() != null;
  }

  private void lookAtStdin(long now) {
    for (WatchedInstance instance : held.all()) {
      RunTerms terms = instance.terms();
      Duration limit = terms == null ? null : terms.afterStdinClose();
      if (limit != null && ClientStdin.isClosed(instance.owner().pid())) {
        long since = closedSince.computeIfAbsent(instance.instanceId(), id -> now);
        ProcessInfo client = instance.runnersClient();
        if (client != null && !processes.isRunning(client)) {
          end(instance, "its client ended: process " + client.pid() + ", by a package runner");
        } else if (now - since >= limit.toNanos()) {
          end(instance, "its stdin was closed");
        }
      } else {
        closedSince.remove(instance.instanceId());
      }
    }
    closedSince.keySet().removeIf(id -> !held.contains(id));
  }

  private void lookAtDescendants() {
    long began = clock.nanoTime();
    boolean changed = held.look(processes.snapshot(), sweeps.keep(), began);
    long took = clock.nanoTime() - began;
    descendantsPause =
        Math.max(
            PAUSE_FACTOR * took,
            changed ? SHORTEST_NANOS : Math.min(2 * descendantsPause, LONGEST_NANOS));
  }

  /// Looks soon at who is below the owners, for there is a new one.
  private void lookSoon() {
    descendantsPause = SHORTEST_NANOS;
    descendantsDue = clock.nanoTime();
    stdinDue = Math.min(stdinDue, clock.nanoTime() + STDIN_NANOS);
  }

  /// Ends servers that have lost their clients.
  private void endAbandoned(List<WatchedInstance> abandoned) {
    for (WatchedInstance instance : abandoned) {
      ProcessInfo client = instance.client();
      String which = client == null ? "" : ": process " + client.pid();
      end(instance, "its client ended" + which);
    }
  }

  private void end(WatchedInstance instance, String reason) {
    RunTerms terms = instance.terms();
    if (terms != null && instance.beginEnding()) {
      InstanceStopper.Cause cause =
          new InstanceStopper.Cause(reason, false, instance.descendants());
      execute(() -> {
        restore(instance);
        tell(sweeps.stop(instance.directory(), instance.instanceId(), terms, cause), false);
        sweepLate(instance.directory(), terms);
      });
    }
  }

  /// Without the record it is the label that tells whose a container is.
  private void sweepLate(StateDirectory directory, RunTerms terms) {
    if (terms.lateContainers()) {
      for (Duration late : LATE) {
        clock.sleep(late);
        tell(sweeps.sweep(List.of(directory), Set.of(), Map.of(), terms), false);
      }
    }
  }

  private void execute(Runnable task) {
    working.incrementAndGet();
    executor.execute(() -> {
      try {
        task.run();
      } finally {
        working.decrementAndGet();
      }
    });
  }

  /**
   * Looks at everything once more, and says whether anything is alive; waits until that is done.
   */
  public boolean isNeeded() {
    lookEverywhere();
    while (working.get() > 0 || sweepingAll.get()) {
      clock.sleep(BETWEEN_LOOKS);
    }
    return held.size() > 0;
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
    present.keySet().removeIf(id -> held.contains(id) || dying.containsKey(id));
    endAbandoned(held.abandoned());
    sweepAll(admit(present)); // The dead among them too.
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

  /** Takes hold of new instances; returns those that are dead. */
  private Map<String, StateDirectory> admit(Map<String, StateDirectory> newcomers) {
    int before = held.size();
    WatchedOwners.Admission admission = held.admit(newcomers, clock.nanoTime());
    endAbandoned(admission.abandoned());
    if (held.size() != before) {
      lookSoon();
    }
    return admission.dead();
  }

  /// Sweeps everything, after the servers of `sexton run` among the dead, which have their own
  /// terms.
  private void sweepAll(Map<String, StateDirectory> dead) {
    if (sweepingAll.compareAndSet(false, true)) {
      Map<String, Ending> endings = held.endings(clock.nanoTime());
      endings.putAll(dying);
      executor.execute(() -> {
        try {
          byTerms(dead)
              .forEach((terms, which) -> {
                if (terms.isPresent()) {
                  sweepUntilJudgedDead(which, Map.of(), terms.get());
                }
              });
          tell(sweeps.sweepAll(endings), true);
        } finally {
          sweepingAll.set(false);
        }
      });
    }
  }

  /** Acts on what has happened. */
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
            stdinDue = clock.nanoTime(); // By now its end of the pipe is closed as well.
          }
        }
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
    sweepDied(died);
    abandoned.removeIf(instance -> !held.contains(instance.instanceId()));
    endAbandoned(abandoned);
    sweepDead(admit(appeared));
    if (everywhere) {
      lookEverywhere();
    }
    tellSize();
  }

  /** Whose {@code instances/} a file has appeared in; null if it is not in one, or in all of it. */
  private @Nullable StateDirectory directoryOf(DeathWatch.News.Appeared file) {
    return file.fileName().isEmpty() ? null : directories.get(file.directory());
  }

  /** Sweeps instances that were found dead at first sight, each by its own terms. */
  private void sweepDead(Map<String, StateDirectory> dead) {
    byTerms(dead)
        .forEach((terms, which) ->
            execute(() -> sweepUntilJudgedDead(which, Map.of(), terms.orElse(null))));
  }

  private static Map<Optional<RunTerms>, Map<String, StateDirectory>> byTerms(
      Map<String, StateDirectory> dead) {
    return dead.entrySet().stream()
        .collect(
            groupingBy(
                one -> Optional.ofNullable(termsOf(one.getValue(), one.getKey())),
                toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /// How `sexton run` started a dead instance; null if it did not, or an earlier sweep was at it.
  private static @Nullable RunTerms termsOf(StateDirectory directory, String id) {
    String name = StateDirectory.recordOf(id);
    try {
      InstanceRecord record = directory.read(name).record(name);
      return record.tombstone() == null ? record.run() : null;
    } catch (RecordException goneOrSpoilt) {
      return null;
    }
  }

  /** Sweeps instances that were seen to die, each by its own terms. */
  private void sweepDied(List<WatchedInstance> died) {
    long now = clock.nanoTime();
    died.stream()
        .collect(groupingBy(instance -> Optional.ofNullable(instance.terms())))
        .forEach((terms, instances) -> {
          Map<String, StateDirectory> dead = new HashMap<>();
          Map<String, Ending> endings = new HashMap<>();
          for (WatchedInstance instance : instances) {
            dead.put(instance.instanceId(), instance.directory());
            endings.put(instance.instanceId(), instance.ending(now));
          }
          dying.putAll(endings);
          execute(() -> {
            try {
              if (terms.isPresent()) {
                instances.forEach(this::restore);
              }
              sweepUntilJudgedDead(dead, endings, terms.orElse(null));
            } finally {
              dying.keySet().removeAll(dead.keySet());
            }
          });
        });
  }

  private void restore(WatchedInstance instance) {
    sweeps.restore(instance.directory(), instance.instanceId(), instance.content());
  }

  private void sweepUntilJudgedDead(
      Map<String, StateDirectory> which, Map<String, Ending> endings, @Nullable RunTerms terms) {
    Map<String, StateDirectory> dead = new HashMap<>(which);
    for (int look = 0; look < LOOKS_AFTER_DEATH && !dead.isEmpty(); look++) {
      if (look > 0) {
        clock.sleep(BETWEEN_LOOKS);
      }
      SweepReport report =
          sweeps.sweep(
              new LinkedHashSet<>(dead.values()), Set.copyOf(dead.keySet()), endings, terms);
      tell(report, false);
      Set<String> alive = new LinkedHashSet<>();
      for (InstanceReport instance : report.instances()) {
        if (instance.liveness() == Liveness.ALIVE) {
          alive.add(instance.instanceId());
        }
      }
      dead.keySet().retainAll(alive);
    }
    if (terms != null) {
      new LinkedHashSet<>(which.values()).forEach(directory -> sweepLate(directory, terms));
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
