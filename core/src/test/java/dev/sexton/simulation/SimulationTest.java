package dev.sexton.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.sweep.SparingRules;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs the simulation as a test.
///
/// The package documentation says what the world leaves out, and why.
///
/// - `-Dsexton.simulation.seeds=1000`: the number of seeds; 2,000 by default
/// - `-Dsexton.simulation.first=100001`: the first of these seeds; 1 by default
/// - `-Dsexton.simulation.seed=42`: runs only this seed and shows all its events
class SimulationTest {
  private static final Logger LOG = Logger.getLogger("dev.sexton");

  /// Takes a few seconds on two cores. The gate takes 100,000 seeds.
  private static final int DEFAULT_SEEDS = 2_000;

  /// Enough seeds for everything to happen at least once.
  private static final int TELLING_SEEDS = 20_000;

  /// If a rule is removed, this many seeds must be enough to reveal it.
  private static final int MUTANT_SEEDS = 20_000;

  @BeforeAll
  static void quiet() {
    LOG.setLevel(Level.OFF); // Suppresses what a server logs when its disk is full.
  }

  @Test
  void nothingOutsideADeadInstanceIsTouchedAndNothingOfItIsLeft() throws Exception {
    Long one = Long.getLong("sexton.simulation.seed");
    if (one != null) {
      replay(one);
      return;
    }
    long seeds = Long.getLong("sexton.simulation.seeds", DEFAULT_SEEDS);
    long first = Long.getLong("sexton.simulation.first", 1);
    Batch batch =
        new Batch(first, first + seeds - 1, new LivenessRules(), new SparingRules())
            .run(2, Batch.FAILURES);
    System.out.println(batch.tell());
    assertThat(batch.tellFailures()).isEmpty();
    TreeSet<String> missing = new TreeSet<>(CoverageExpectations.ALL);
    missing.removeAll(batch.counts.keySet());
    if (seeds >= TELLING_SEEDS) {
      assertThat(missing).as("what has to happen at least once, or it proves nothing").isEmpty();
    }
  }

  private static void replay(long seed) {
    Simulation simulation = new Simulation(seed, new LivenessRules(), new SparingRules());
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
    Simulation simulation = new Simulation(seed, new LivenessRules(), new SparingRules());
    simulation.run();
    return simulation.world.log.hash();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lock held",
        "newer schema",
        "shared file system",
        "unreadable identity",
        "another boot",
        "unproven boot",
        "owner seen alive",
        "lock free",
        "namespace gone",
        "owner gone",
        "from another namespace",
        "no longer Python",
        "has a recorded child",
        "started later"
      })
  void noticesThatARuleIsMissing(String name) throws Exception {
    Batch batch = new Batch(1, MUTANT_SEEDS, without(name), new SparingRules()).run(2, 1);
    assertThat(batch.failures).as("failures without the rule \"%s\"", name).isNotEmpty();
    assertThat(batch.failures.getFirst().failure()).isInstanceOf(Violation.class);
  }

  /// Rows of the table in the rules' own test detect the loss of these rules. The comments say why
  /// no machine can.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "seen alive in another boot", // After a restart that is never the owner.
        "no identity", // All servers here know their identity.
        "another host", // Nothing proves that boot over, so it is UNKNOWN anyway.
        "another namespace", // The owner is not seen, and an unseen owner is not dead.
        "this very process", // Its lock and its identity say the same.
        "lock hidden", // The identity would be next, and it is true as well.
        "owner hidden", // By the last rule, an unseen owner is alive too.
        "nothing proves it dead" // The table itself says so when no rule decides.
      })
  void otherRulesOnlyGiveABetterReason(String name) throws Exception {
    assertThat(new Batch(1, 1_000, without(name), new SparingRules()).run(2, 1).tellFailures())
        .isEmpty();
  }

  @Test
  void everyRuleIsInOneOfTheTwoLists() {
    assertThat(LivenessRules.size()).isEqualTo(14 + 8);
  }

  private static LivenessRules without(String name) {
    for (int n = 0; n < LivenessRules.size(); n++) {
      if (LivenessRules.name(n).equals(name)) {
        return LivenessRules.without(n);
      }
    }
    throw new IllegalArgumentException("no rule \"" + name + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "live instance",
        "opted out",
        "kept program",
        "another unit",
        "protected",
        "another user"
      })
  void noticesThatASparingRuleIsMissing(String name) throws Exception {
    Batch batch = new Batch(1, MUTANT_SEEDS, new LivenessRules(), withoutSparing(name)).run(2, 1);
    assertThat(batch.failures).as("failures without the rule \"%s\"", name).isNotEmpty();
    assertThat(batch.failures.getFirst().failure()).isInstanceOf(Violation.class);
  }

  /// A row of the table in the rules' own test detects the loss of this rule. The comment says why
  /// no machine can.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "user hidden" // A process whose user is hidden may not be signalled either.
      })
  void withoutTheseSparingRulesOthersSpareTheSame(String name) throws Exception {
    Batch batch = new Batch(1, 1_000, new LivenessRules(), withoutSparing(name)).run(2, 1);
    assertThat(batch.tellFailures()).isEmpty();
  }

  @Test
  void everySparingRuleIsInOneOfTheTwoLists() {
    assertThat(SparingRules.size()).isEqualTo(6 + 1);
  }

  private static SparingRules withoutSparing(String name) {
    for (int n = 0; n < SparingRules.size(); n++) {
      if (SparingRules.name(n).equals(name)) {
        return SparingRules.without(n);
      }
    }
    throw new IllegalArgumentException("no rule \"" + name + "\"");
  }

  /// Checks that the judge detects each kind of crime when it is committed.
  @ParameterizedTest
  @CsvSource({
    "signal, no dead instance of its user made",
    "container, no dead instance made",
    "record, whose instance is not dead",
    "lock, which its owner holds",
    "live owner inside a dead tree, which lives",
    "below a live owner inside a dead tree, which lives",
    "session of a live owner inside a dead tree, which lives",
    "mark of a live instance, which lives",
    "mark without a record, that has no record",
    "below what opted out, opted out",
    "below a kept program, is a BROWSER",
    "below another unit, runs in the unit",
    "own ancestor, which is the sweeper or its ancestor"
  })
  void theJudgeSeesACrime(String crime, String seen) {
    assertThatThrownBy(() -> ForbiddenActions.commit(crime))
        .isInstanceOf(Violation.class)
        .hasMessageContaining(seen);
  }

  @Test
  void theJudgeSeesNoCrimeWhereThereIsNone() {
    assertThatCode(() -> ForbiddenActions.commit("nothing")).doesNotThrowAnyException();
  }
}
