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

/// Runs in the background, and sweeps each instance the moment its owner dies. Descriptors hold the
/// owners of all live instances, and new records are noticed as they appear. In addition,
/// everything is swept at an interval, because the kernel does not report an owner in another PID
/// namespace or a container without a record. The watcher remembers the processes below an owner
/// while it lives. It stops a server of `sexton run` whose client has ended or closed its stdin.
///
/// [#run] belongs to one thread. Sweeps run on others, so that one that waits for a grace period to
/// expire delays nothing else.
public final class Watcher {
  /// Is notified of a watcher's actions. Called from several threads, one at a time.
  public interface Listener {
    /// Reports how many instances are watched now. Called when the number has changed.
    void watching(int instances);

    /// Reports that a sweep has ended.
    ///
    /// @param everything whether it covered everything
    void swept(SweepReport report, boolean everything);
  }

  /// How often, and after which pause, an instance is checked again if its owner has ended while
  /// its lock is still held. The kernel releases locks some milliseconds after a death.
  private static final int LOOKS_AFTER_DEATH = 100;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

  /// How often the stdin of servers is checked. A server has seconds to end by itself.
  private static final long STDIN_NANOS = Duration.ofSeconds(1).toNanos();

  /// The pause between two checks of the processes below the owners: short after a change, and long
  /// where nothing changes.
  private static final long SHORTEST_NANOS = Duration.ofMillis(50).toNanos();

  private static final long LONGEST_NANOS = Duration.ofSeconds(2).toNanos();

  /// The minimum ratio of a pause to the check before it. It limits the load to 4 % of one core.
  private static final int PAUSE_FACTOR = 25;

  /// When the engines are asked again after a docker client has ended. A container that it had
  /// requested was seen to appear up to 53 ms after its death, and to start running up to 1.2 s
  /// after it.
  private static final List<Duration> LATE =
      List.of(Duration.ofMillis(150), Duration.ofMillis(1200));

  private final WatcherSweeps sweeps;
  private final ProcessTable processes;
  private final DeathWatch deaths;
  private final WatchedOwners held;

  /// The state directories that the last full scan found, by their `instances/`.
  private final Map<Path, StateDirectory> directories = new HashMap<>();

  private final Executor executor;
  private final Listener listener;
  private final SweepClock clock;
  private final Duration interval;
  private final AtomicBoolean sweepingAll = new AtomicBoolean();

  /// The number of running tasks, except full sweeps.
  private final AtomicInteger working = new AtomicInteger();

  /// The known facts about the ends of instances that were seen to die, until they are swept. A
  /// sweep of everything may come first, and must have the same knowledge.
  private final Map<String, Ending> dying = new ConcurrentHashMap<>();

  /// Since when a server's client has closed its stdin, by instance.
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

  /// Creates a watcher of this machine.
  ///
  /// @param environment locates state directories and engines
  /// @param applications the only applications to watch; all if empty
  /// @param directory the only state directory to watch; null for all that are known
  /// @param grace the grace period
  /// @param keep patterns of programs that are kept in addition to those in the user's file
  /// @param interval how often everything is swept in addition
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

  /// Watches until the thread is interrupted.
  ///
  /// @param idle the time without live instances and tasks after which it also ends; null to stay
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

  /// Checks the processes below the owners soon, because there is a new owner.
  private void lookSoon() {
    descendantsPause = SHORTEST_NANOS;
    descendantsDue = clock.nanoTime();
    stdinDue = Math.min(stdinDue, clock.nanoTime() + STDIN_NANOS);
  }

  /// Stops servers that have lost their clients.
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

  /// Without the record, the label shows which instance a container belongs to.
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
    start(task, working::decrementAndGet);
  }

  /// Starts a task, and does something after it, also if no thread can be started for it.
  private void start(Runnable task, Runnable after) {
    boolean started = false;
    try {
      executor.execute(() -> {
        try {
          task.run();
        } finally {
          after.run();
        }
      });
      started = true;
    } finally {
      if (!started) {
        after.run();
      }
    }
  }

  /// Checks everything once more, waits until that is done, and returns whether anything is alive.
  public boolean isNeeded() {
    lookEverywhere();
    while (working.get() > 0 || sweepingAll.get()) {
      clock.sleep(BETWEEN_LOOKS);
    }
    return held.size() > 0;
  }

  /// Returns how many live instances are held.
  int size() {
    return held.size();
  }

  /// Performs the work of the interval: a full sweep, and a search for missed changes.
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
    sweepAll(admit(present)); // Includes the dead among them.
    tellSize();
  }

  /// Watches a directory. If it does not exist yet, watches the nearest existing part of its path,
  /// where it will appear.
  private void watchNearest(Path directory) {
    Path nearest = directory;
    while (nearest != null && !deaths.watch(nearest)) {
      nearest = nearest.getParent();
    }
  }

  /// Returns whether a new file may hold records or leads to a place where some may be created.
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

  /// Starts to hold new instances, and returns those that are dead.
  private Map<String, StateDirectory> admit(Map<String, StateDirectory> newcomers) {
    int before = held.size();
    WatchedOwners.Admission admission = held.admit(newcomers, clock.nanoTime());
    endAbandoned(admission.abandoned());
    if (held.size() != before) {
      lookSoon();
    }
    return admission.dead();
  }

  /// Sweeps everything, after the dead servers of `sexton run`, which have their own terms.
  private void sweepAll(Map<String, StateDirectory> dead) {
    if (sweepingAll.compareAndSet(false, true)) {
      Map<String, Ending> endings = held.endings(clock.nanoTime());
      endings.putAll(dying);
      Runnable task =
          () -> {
            byTerms(dead)
                .forEach((terms, which) -> {
                  if (terms.isPresent()) {
                    sweepUntilJudgedDead(which, Map.of(), terms.get());
                  }
                });
            tell(sweeps.sweepAll(endings), true);
          };
      start(task, () -> sweepingAll.set(false));
    }
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

  /// Returns the state directory in whose `instances/` a file has appeared; null if it is in none,
  /// or in all of it.
  private @Nullable StateDirectory directoryOf(DeathWatch.News.Appeared file) {
    return file.fileName().isEmpty() ? null : directories.get(file.directory());
  }

  /// Sweeps instances that were dead when first seen, each by its own terms.
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

  /// Returns how `sexton run` started a dead instance; null if it did not, or an earlier sweep has
  /// already worked on it.
  private static @Nullable RunTerms termsOf(StateDirectory directory, String id) {
    String name = StateDirectory.recordOf(id);
    try {
      InstanceRecord record = directory.read(name).record(name);
      return record.tombstone() == null ? record.run() : null;
    } catch (RecordException goneOrSpoilt) {
      return null;
    }
  }

  /// Sweeps instances that were seen to die, each by its own terms.
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
