package dev.sexton.torture;

import static dev.sexton.torture.World.FAIR;
import static dev.sexton.torture.World.PATIENT;
import static dev.sexton.torture.World.SHORT;
import static dev.sexton.torture.World.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.SweepReport;
import dev.sexton.torture.World.Eyes;
import dev.sexton.torture.World.Instance;
import dev.sexton.torture.World.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Children of a dead owner, in every state. */
class ChildrenTest {
  @RegisterExtension final World world = new World();

  /** Who wrote the record, and how the sweep sees processes. */
  record Setting(Kind kind, Eyes eyes) {
    @Override
    public String toString() {
      return kind + " seen " + eyes;
    }
  }

  static Stream<Setting> settings() {
    return Stream.of(
        new Setting(Kind.ORIGINAL, Eyes.ONE_SHOT),
        new Setting(Kind.ORIGINAL, Eyes.PORTABLE),
        new Setting(Kind.SEXTON, Eyes.RESIDENT),
        new Setting(Kind.SEXTON_PORTABLE, Eyes.PORTABLE));
  }

  /** Sessions, zombies and marks are seen in /proc only. */
  static Stream<Setting> settingsWithProc() {
    return Stream.of(
        new Setting(Kind.ORIGINAL, Eyes.ONE_SHOT), new Setting(Kind.SEXTON, Eyes.RESIDENT));
  }

  @BeforeEach
  void populate() {
    world.populate();
  }

  private World.Owning owner(Setting setting) {
    return world.owner(setting.kind(), setting.eyes());
  }

  private void assertAllOver(SweepReport report, Instance instance) {
    assertThat(in(report, instance).liveness()).isEqualTo(Liveness.DEAD);
    assertThat(in(report, instance).record()).isEqualTo(RecordFate.REMOVED);
    assertThat(report.isClean()).isTrue();
    assertThat(report.problems()).isEmpty();
    world.assertForgotten(instance);
  }

  @Row
  @MethodSource("settings")
  void aPlainOrphanIsStopped(Setting setting) {
    Instance instance = owner(setting).start("one=plain", "two=plain").die();
    Proc one = world.ready("one");
    Proc two = world.ready("two");
    assertThat(one.isAlive()).isTrue();

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(one.isAlive()).as("%s", report).isFalse();
    assertThat(two.isAlive()).as("%s", report).isFalse();
    assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(in(report, instance, "two").outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(world.journal(instance, one)).containsExactly("STOPPED");
    assertAllOver(report, instance);
  }

  @Row
  @MethodSource("settings")
  void whoIgnoresSigtermIsKilled(Setting setting) {
    Instance instance = owner(setting).start("deaf=deaf").die();
    Proc deaf = world.ready("deaf");

    SweepReport report = world.sweep(setting.eyes(), SHORT);

    assertThat(deaf.isAlive()).as("%s", report).isFalse();
    assertThat(in(report, instance, "deaf").outcome()).isEqualTo(Outcome.KILLED);
    assertThat(world.journal(instance, deaf)).containsExactly("KILLED");
    assertAllOver(report, instance);
  }

  @Row
  @MethodSource("settings")
  void whoForksWhileItIsStoppedIsKilledWithAllThatItForked(Setting setting) {
    Instance instance = owner(setting).start("forker=forker").die();
    Proc forker = world.ready("forker");
    List<Proc> before = world.population();

    SweepReport report = world.sweep(setting.eyes(), FAIR);

    assertThat(forker.isAlive()).as("%s", report).isFalse();
    assertThat(in(report, instance, "forker").outcome()).isEqualTo(Outcome.KILLED);
    assertThat(in(report, instance, "forker").pids()).as("it forked").hasSizeGreaterThan(1);
    assertThat(world.population()).as("what is left").isSubsetOf(before);
    assertAllOver(report, instance);
  }

  @Row
  @MethodSource("settings")
  void aStoppedChildIsStoppedForGood(Setting setting) {
    Instance instance = owner(setting).start("one=plain", "deaf=deaf").die();
    Proc one = world.ready("one");
    Proc deaf = world.ready("deaf");
    one.stop();
    deaf.stop();

    SweepReport report = world.sweep(setting.eyes(), FAIR);

    assertThat(one.isAlive()).as("%s", report).isFalse();
    assertThat(deaf.isAlive()).as("%s", report).isFalse();
    // Only /proc tells that it is stopped and has to go on before it can act on SIGTERM.
    assertThat(in(report, instance, "one").outcome())
        .isEqualTo(setting.eyes() == Eyes.PORTABLE ? Outcome.KILLED : Outcome.STOPPED);
    assertThat(in(report, instance, "deaf").outcome()).isEqualTo(Outcome.KILLED);
    assertAllOver(report, instance);
  }

  @Row
  @MethodSource("settings")
  void aChildGoesWithItsDescendants(Setting setting) {
    Instance instance = owner(setting).start("tree=tree").die();
    List<Proc> tree = List.of(world.ready("tree"), world.ready("tree.1"), world.ready("tree.2"));

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(tree).as("%s", report).noneMatch(Proc::isAlive);
    assertThat(in(report, instance, "tree").outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(in(report, instance, "tree").pids())
        .containsAll(tree.stream().map(Proc::pid).toList());
    assertAllOver(report, instance);
  }

  @Row
  @MethodSource("settings")
  void aChildGoesWithDescendantsThatLoseTheirParentMeanwhile(Setting setting) {
    Instance instance = owner(setting).start("tree=deaf-tree").die();
    List<Proc> tree = List.of(world.ready("tree"), world.ready("tree.1"), world.ready("tree.2"));

    SweepReport report = world.sweep(setting.eyes(), SHORT);

    assertThat(tree).as("%s", report).noneMatch(Proc::isAlive);
    assertThat(in(report, instance, "tree").outcome()).isEqualTo(Outcome.KILLED);
    assertAllOver(report, instance);
  }

  @Row
  @MethodSource("settingsWithProc")
  void whoLostItsParentBeforeIsFoundByTheOwnersSession(Setting setting) {
    Instance instance = owner(setting).leading().start("kid=daemons", "last=plain").die();
    Proc lost = world.ready("kid.0.1");
    assertThat(lost.session()).isEqualTo(instance.owner().pid());
    assertThat(lost.parent()).isNotIn(instance.owner().pid(), world.ready("kid").pid());

    SweepReport report = world.sweep(setting.eyes(), SHORT);

    assertThat(lost.isAlive()).as("%s", report).isFalse();
    assertThat(in(report, instance, "(session)").outcome()).isEqualTo(Outcome.KILLED);
    assertThat(world.journal(instance, lost)).containsExactly("KILLED");
    assertAllOver(report, instance);
  }

  /** It started after the last record was written, and so did everybody else in the session. */
  @Row
  @MethodSource("settingsWithProc")
  void whoLostItsParentBeforeIsLeftAloneIfTheSessionProvesNothing(Setting setting) {
    Instance instance = owner(setting).leading().option("settle=100").start("-kid=daemons").die();
    Proc kid = world.spare("somebody's", world.ready("kid"));
    Proc lost = world.spare("somebody's", world.ready("kid.0.1"));
    assertThat(lost.session()).isEqualTo(instance.owner().pid());
    assertThat(kid.session()).isEqualTo(instance.owner().pid());

    SweepReport report = world.sweep(setting.eyes(), SHORT);

    assertThat(in(report, instance).resources()).isEmpty();
    assertAllOver(report, instance);
  }

  /** Without a session of its owner's nothing tells whose it is. */
  @Row
  @MethodSource("settings")
  void whoLostItsParentBeforeIsLeftAloneOutsideTheOwnersSession(Setting setting) {
    Instance instance = owner(setting).start("kid=daemons").die();
    Proc kid = world.ready("kid");
    world.spare("somebody's", world.ready("kid.0.1"));

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(kid.isAlive()).as("%s", report).isFalse();
    assertAllOver(report, instance);
  }

  /** A session is not seen without /proc: what it would prove is left alone, not guessed. */
  @Row
  @EnumSource(
      value = Kind.class,
      names = {"ORIGINAL", "SEXTON_PORTABLE"})
  void aSessionIsNotGuessed(Kind kind) {
    Setting setting = new Setting(kind, Eyes.PORTABLE);
    Instance instance = owner(setting).leading().start("kid=daemons", "last=plain").die();
    world.spare("not provably its", world.ready("kid.0.1"));
    Proc last = world.ready("last");

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(last.isAlive()).isFalse();
    assertAllOver(report, instance);
  }

  @Row
  @MethodSource("settingsWithProc")
  void aZombieChildIsGone(Setting setting) {
    Instance instance = owner(setting).nursed(false).start("one=plain", "two=plain").die();
    Proc one = world.ready("one");
    Proc two = world.ready("two");
    one.kill();
    World.await("it is a zombie", () -> one.state() == 'Z');
    assertThat(instance.owner().state()).as("its owner is one, too").isEqualTo('Z');

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.GONE);
    assertThat(in(report, instance, "two").outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(two.isAlive()).isFalse();
    assertAllOver(report, instance);
  }

  /** The table shows a process whose first thread has ended as a zombie. */
  @Row
  @MethodSource("settings")
  void aChildOfWhichOnlyTheFirstThreadHasEndedIsStopped(Setting setting) {
    Instance instance = owner(setting).start("one=headless").die();
    Proc one = world.ready("one");
    World.await("its first thread has ended", one::isHeadless);

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(one.isAlive()).as("%s", report).isFalse();
    assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.STOPPED);
    assertAllOver(report, instance);
  }

  @Row
  @MethodSource("settings")
  void aChildThatIsGoneIsGone(Setting setting) {
    Instance instance = owner(setting).nursed(true).start("one=plain").die();
    Proc one = world.ready("one");
    one.kill();
    World.await("it is gone", () -> !one.isThere());

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.GONE);
    assertThat(world.journal(instance, one)).containsExactly("GONE");
    assertAllOver(report, instance);
  }

  /** Untracked, each in a session of its own, each made by one that has ended: the mark is left. */
  @Row
  @EnumSource(
      value = Eyes.class,
      names = {"ONE_SHOT", "RESIDENT"})
  void whoCarriesTheMarkIsFoundHoweverItForks(Eyes eyes) {
    Setting setting = new Setting(Kind.SEXTON, eyes);
    Instance instance = owner(setting).option("marked=1").start("-hydra=hydra").die();
    Proc hydra = world.ready("hydra");
    List<Proc> before = world.population();

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(hydra.isAlive()).as("%s", report).isFalse();
    assertThat(in(report, instance, "(marked)").outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(world.population()).as("what is left").isSubsetOf(before);
    assertAllOver(report, instance);
  }
}
