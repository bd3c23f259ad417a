package dev.sexton.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.liveness.LivenessRules;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The simulation, as a test.
 *
 * <ul>
 *   <li>{@code -Dsexton.simulation.seeds=100000}: how many seeds, from 1 on
 *   <li>{@code -Dsexton.simulation.seed=42}: this one only, with all that happens in it
 * </ul>
 */
class SimulationTest {
  private static final Logger LOG = Logger.getLogger("dev.sexton");
  private static final int DEFAULT_SEEDS = 20_000;

  @BeforeAll
  static void quiet() {
    LOG.setLevel(Level.OFF);
  }

  @Test
  void nothingOutsideADeadInstanceIsTouchedAndNothingOfItIsLeft() throws Exception {
    Long one = Long.getLong("sexton.simulation.seed");
    if (one != null) {
      replay(one);
      return;
    }
    long seeds = Long.getLong("sexton.simulation.seeds", DEFAULT_SEEDS);
    Batch batch = new Batch(1, seeds, new LivenessRules()).run(2, 40);
    System.out.println(batch.tell());
    assertThat(batch.tellFailures()).isEmpty();
  }

  private static void replay(long seed) {
    Simulation simulation = new Simulation(seed, new LivenessRules());
    try {
      simulation.run();
    } finally {
      System.out.println(simulation.world.log.tell(true));
    }
  }

  @Test
  void theSameSeedIsTheSameLife() {
    for (long seed = 1; seed <= 50; seed++) {
      assertThat(hash(seed)).as("seed %d", seed).isEqualTo(hash(seed));
    }
  }

  private static long hash(long seed) {
    Simulation simulation = new Simulation(seed, new LivenessRules());
    simulation.run();
    return simulation.world.log.hash();
  }
}
