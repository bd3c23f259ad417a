package dev.sexton.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.liveness.LivenessRules;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final Logger LOG = Logger.getLogger("dev.sexton");

  @BeforeAll
  static void quiet() {
    LOG.setLevel(Level.OFF);
  }

  @Test
  void nothingOutsideADeadInstanceIsEverTouchedAndNothingOfItIsLeft() throws Exception {
    Long one = Long.getLong("sexton.simulation.seed");
    if (one != null) {
      Simulation simulation = new Simulation(one, new LivenessRules());
      try {
        simulation.run();
      } finally {
        System.out.println(simulation.world.log.tell(true));
      }
      return;
    }
    long seeds = Long.getLong("sexton.simulation.seeds", 20_000);
    AtomicLong next = new AtomicLong(1);
    AtomicReference<@Nullable String> failure = new AtomicReference<>();
    Map<String, Long> counts = new TreeMap<>();
    long begun = System.nanoTime();
    Thread[] threads = new Thread[2];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                for (long seed;
                    failure.get() == null && (seed = next.getAndIncrement()) <= seeds; ) {
                  Simulation simulation = new Simulation(seed, new LivenessRules());
                  try {
                    simulation.run();
                  } catch (Throwable failed) {
                    failure.compareAndSet(
                        null,
                        "seed "
                            + seed
                            + ": "
                            + failed
                            + "\n"
                            + simulation.world.log.tell(false)
                            + java.util.Arrays.toString(failed.getStackTrace())
                                .replace(", ", "\n"));
                  }
                  synchronized (counts) {
                    simulation
                        .world
                        .log
                        .counts()
                        .forEach((what, n) -> counts.merge(what, n, Long::sum));
                  }
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    System.out.printf("simulation: %d seeds in %.1f s%n", next.get() - 1, seconds);
    counts.forEach((what, n) -> System.out.printf("  %-60s %d%n", what, n));
    assertThat(failure.get()).isNull();
  }
}
