package dev.sexton.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceTracker;
import dev.sexton.Liveness;
import dev.sexton.RecordException;
import dev.sexton.testsupport.Gate;
import dev.sexton.torture.World;
import dev.sexton.torture.World.Eyes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Runs many threads that track and untrack on one instance while others read it and sweep.
@Gate("takes long")
class ManyThreadsTest {
  private static final int THREADS = 50;
  private static final int ROUNDS = 20;

  @RegisterExtension final World world = new World();

  private static Map<String, Long> recorded(InstanceTracker instance) throws RecordException {
    return InstanceTracker.loadFromFile(instance.instanceFile()).trackedProcesses();
  }

  @Test
  void eachFindsItsOwnInTheRecordAndNobodyReadsATornOne() throws Exception {
    world.populate();
    long first = world.spare("tracked", world.child("plain", "first")).pid();
    long second = world.spare("tracked", world.child("plain", "second")).pid();
    InstanceTracker instance = world.register();
    AtomicBoolean done = new AtomicBoolean();
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      String name = "thread " + thread;
      tasks.add(() -> {
        for (int round = 0; round < ROUNDS; round++) {
          instance.trackProcess(name, first);
          assertThat(recorded(instance)).containsEntry(name, first);
          instance.trackProcess(name, second);
          assertThat(recorded(instance)).containsEntry(name, second);
          instance.untrackProcess(name);
          assertThat(recorded(instance)).doesNotContainKey(name);
        }
        instance.trackProcess(name, first);
        return ROUNDS;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        ExecutorService others = Executors.newFixedThreadPool(2)) {
      Future<Integer> reader =
          others.submit(() -> {
            int read = 0;
            while (!done.get()) {
              assertThat(recorded(instance)).hasSizeLessThanOrEqualTo(THREADS);
              read++;
            }
            return read;
          });
      Future<Integer> sweeper =
          others.submit(() -> {
            int swept = 0;
            while (!done.get()) {
              List<InstanceReport> reports = world.sweep(Eyes.RESIDENT, World.SHORT).instances();
              assertThat(reports).hasSize(2);
              assertThat(reports).allMatch(report -> report.liveness() == Liveness.ALIVE);
              swept++;
            }
            return swept;
          });
      try {
        for (Future<Integer> task : threads.invokeAll(tasks)) {
          assertThat(task.get()).isEqualTo(ROUNDS);
        }
      } finally {
        done.set(true);
      }
      assertThat(reader.get()).isPositive();
      assertThat(sweeper.get()).isPositive();
    }

    Map<String, Long> expected = new LinkedHashMap<>();
    for (int thread = 0; thread < THREADS; thread++) {
      expected.put("thread " + thread, first);
    }
    assertThat(recorded(instance)).isEqualTo(expected);
    assertThat(instance.trackedProcesses()).isEqualTo(expected);
    expected.keySet().forEach(instance::untrackProcess);
    instance.unregister();
    assertThat(world.files()).noneMatch(name -> name.startsWith(instance.instanceId()));
  }

  /// With so many processes, the record is written in the background, and flush waits for it.
  @Test
  void soManyThatTheRecordIsWrittenBehindAreAllThereOnceFlushed() throws Exception {
    long pid = world.child("plain", "one").pid();
    InstanceTracker instance = world.register();
    int each = 10;
    List<Callable<Boolean>> tasks = new ArrayList<>();
    Map<String, Long> expected = new LinkedHashMap<>();
    for (int thread = 0; thread < THREADS; thread++) {
      String prefix = thread + "/";
      for (int i = 1; i < each; i++) {
        expected.put(prefix + i, pid);
      }
      tasks.add(() -> {
        for (int i = 0; i < each; i++) {
          instance.trackProcess(prefix + i, pid);
        }
        instance.flush();
        assertThat(recorded(instance)).containsEntry(prefix + (each - 1), pid);
        instance.untrackProcess(prefix + 0);
        instance.flush();
        assertThat(recorded(instance)).doesNotContainKey(prefix + 0);
        return true;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (Future<Boolean> task : threads.invokeAll(tasks)) {
        assertThat(task.get()).isTrue();
      }
    }

    assertThat(recorded(instance)).isEqualTo(expected);
    expected.keySet().forEach(instance::untrackProcess);
    instance.flush();
    assertThat(recorded(instance)).isEmpty();
    instance.unregister();
    assertThat(world.files()).isEmpty();
  }
}
