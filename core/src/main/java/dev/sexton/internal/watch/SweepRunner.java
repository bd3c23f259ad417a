package dev.sexton.internal.watch;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.RecordException;
import dev.sexton.SweepReport;
import dev.sexton.Watcher;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RunTerms;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.InstanceStopper;
import dev.sexton.internal.sweep.Ports.SweepClock;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import java.time.Duration;
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

/// Runs a watcher's sweeps on other threads, and reports their results to its listener. A sweep
/// that waits for a grace period to expire delays nothing else.
///
/// The methods are called by the watcher's thread.
final class SweepRunner {
  /// How often, and after which pause, an instance is checked again if its owner has ended while
  /// its lock is still held. The kernel releases locks some milliseconds after a death.
  private static final int LOOKS_AFTER_DEATH = 100;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

  /// When the engines are asked again after a docker client has ended. A container that it had
  /// requested was seen to appear up to 53 ms after its death, and to start running up to 1.2 s
  /// after it.
  private static final List<Duration> LATE =
      List.of(Duration.ofMillis(150), Duration.ofMillis(1200));

  private final WatcherSweeps sweeps;
  private final Executor executor;
  private final ProcessReader processes;
  private final SweepClock clock;
  private final Watcher.Listener listener;
  private final AtomicBoolean sweepingAll = new AtomicBoolean();

  /// The number of running tasks, except full sweeps.
  private final AtomicInteger working = new AtomicInteger();

  /// The known facts about the ends of instances that were seen to die, until they are swept. A
  /// sweep of everything may come first, and must have the same knowledge.
  private final Map<String, Ending> dying = new ConcurrentHashMap<>();

  /// @param listener is notified by one thread at a time, which holds the listener's monitor
  SweepRunner(WatcherPorts ports, Watcher.Listener listener) {
    this.sweeps = ports.sweeps();
    this.executor = ports.executor();
    this.processes = ports.processes();
    this.clock = ports.clock();
    this.listener = listener;
  }

  /// Returns whether a task is running, apart from a full sweep.
  boolean isWorking() {
    return working.get() > 0;
  }

  /// Returns whether a full sweep is running.
  boolean isSweepingAll() {
    return sweepingAll.get();
  }

  /// Waits until no task is running.
  void await() {
    while (isWorking() || isSweepingAll()) {
      clock.sleep(BETWEEN_LOOKS);
    }
  }

  /// Returns whether an instance was seen to die and is not swept yet.
  boolean isDying(String instanceId) {
    return dying.containsKey(instanceId);
  }

  /// Performs the steps of a sweep in advance, so that the first sweep is not slow.
  void rehearse() {
    execute(sweeps::rehearse);
  }

  /// Stops servers that have lost their clients.
  void stopAbandoned(List<WatchedInstance> abandoned) {
    for (WatchedInstance instance : abandoned) {
      ProcessInfo client = instance.client();
      String which = client == null ? "" : ": process " + client.pid();
      stop(instance, "its client ended" + which);
    }
  }

  /// Stops a server of `sexton run`, unless it is already being stopped.
  ///
  /// @param reason the reason for the report
  void stop(WatchedInstance instance, String reason) {
    RunTerms terms = instance.terms();
    if (terms != null && instance.beginEnding()) {
      InstanceStopper.Cause cause =
          new InstanceStopper.Cause(reason, false, instance.ending(clock.nanoTime()));
      execute(() -> {
        restore(instance);
        tell(sweeps.stop(instance.directory(), instance.instanceId(), terms, cause), false);
        sweepLate(instance.directory(), terms);
      });
    }
  }

  /// Sweeps instances that were seen to die, each by its own terms.
  void sweepDied(List<WatchedInstance> died) {
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
          // The stop of an instance knows more, and finishes by itself.
          List<WatchedInstance> notStopped =
              instances.stream().filter(instance -> !instance.isEnding()).toList();
          execute(() -> {
            try {
              if (terms.isPresent()) {
                instances.forEach(this::restore);
              }
              Map<String, InstanceReport> last =
                  sweepUntilJudgedDead(dead, endings, terms.orElse(null));
              notStopped.forEach(instance -> finish(instance, endings, last));
              sweepLate(dead, terms.orElse(null));
            } finally {
              dying.keySet().removeAll(dead.keySet());
            }
          });
        });
  }

  /// Sweeps instances that were dead when first seen, each by its own terms.
  void sweepDead(Map<String, StateDirectory> dead) {
    byTerms(dead).forEach((terms, which) -> execute(() -> sweepUnseen(which, terms.orElse(null))));
  }

  private void sweepUnseen(Map<String, StateDirectory> dead, @Nullable RunTerms terms) {
    sweepUntilJudgedDead(dead, Map.of(), terms);
    sweepLate(dead, terms);
  }

  /// Sweeps everything, after the dead servers of `sexton run`, which have their own terms. Does
  /// nothing while another full sweep is running.
  ///
  /// @param dead the instances that were dead when first seen
  /// @param held the known facts about the held instances
  void sweepAll(Map<String, StateDirectory> dead, Map<String, Ending> held) {
    if (sweepingAll.compareAndSet(false, true)) {
      Map<String, Ending> endings = new HashMap<>(held);
      endings.putAll(dying);
      Runnable task =
          () -> {
            byTerms(dead)
                .forEach((terms, which) -> {
                  if (terms.isPresent()) {
                    sweepUnseen(which, terms.get());
                  }
                });
            tell(sweeps.sweepAll(endings), true);
          };
      start(task, () -> sweepingAll.set(false));
    }
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

  /// Returns the last report on each instance that had a record.
  private Map<String, InstanceReport> sweepUntilJudgedDead(
      Map<String, StateDirectory> which, Map<String, Ending> endings, @Nullable RunTerms terms) {
    Map<String, InstanceReport> last = new HashMap<>();
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
        last.put(instance.instanceId(), instance);
        if (instance.liveness() == Liveness.ALIVE) {
          alive.add(instance.instanceId());
        }
      }
      dead.keySet().retainAll(alive);
    }
    return last;
  }

  /// Completes the sweep of an instance that another sweeper is working on, or has removed: that
  /// one does not know what was seen below the owner. A server of `sexton run` does not remove its
  /// record itself. Each such sweep may have to wait, so it runs on a thread of its own.
  private void finish(
      WatchedInstance instance, Map<String, Ending> endings, Map<String, InstanceReport> reports) {
    InstanceRecord record = instance.record();
    Ending ending = endings.get(instance.instanceId());
    if (record == null || ending == null) {
      return;
    }
    InstanceReport last = reports.get(instance.instanceId());
    boolean isUnfinished =
        last == null
            ? instance.terms() != null
                && ending.descendants().stream().anyMatch(processes::isRunning)
            : last.record() == RecordFate.BUSY;
    if (isUnfinished) {
      execute(() -> tell(sweeps.finish(instance, record, ending), false));
    }
  }

  private void sweepLate(Map<String, StateDirectory> swept, @Nullable RunTerms terms) {
    if (terms != null) {
      new LinkedHashSet<>(swept.values()).forEach(directory -> sweepLate(directory, terms));
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

  private void restore(WatchedInstance instance) {
    sweeps.restore(instance.directory(), instance.instanceId(), instance.content());
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

  private void tell(SweepReport report, boolean everything) {
    synchronized (listener) {
      listener.swept(report, everything);
    }
  }
}
