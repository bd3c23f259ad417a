package dev.sexton.torture;

import static dev.sexton.torture.World.FAIR;
import static dev.sexton.torture.World.PATIENT;
import static dev.sexton.torture.World.SHORT;
import static dev.sexton.torture.World.in;
import static dev.sexton.torture.World.pid;
import static dev.sexton.torture.World.pids;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.SweepReport;
import dev.sexton.testsupport.Await;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.torture.World.Eyes;
import dev.sexton.torture.World.Instance;
import dev.sexton.torture.World.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests children of a dead owner, in every state.
class ChildrenTest {
  @RegisterExtension final World world = new World();

  /// The writer of the record, and how the sweep sees processes.
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

  /// Settings with `/proc`, the only place that shows sessions, zombies and markers.
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
    assertThat(one.isRunning()).isTrue();

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(one.isRunning()).as("%s", report).isFalse();
    assertThat(two.isRunning()).as("%s", report).isFalse();
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

    assertThat(deaf.isRunning()).as("%s", report).isFalse();
    assertThat(in(report, instance, "deaf").outcome()).isEqualTo(Outcome.KILLED);
    assertThat(world.journal(instance, deaf)).containsExactly("KILLED");
    assertAllOver(report, instance);
  }

  @Gate("takes long")
  @Row
  @MethodSource("settings")
  void whoForksWhileItIsStoppedIsKilledWithAllThatItForked(Setting setting) {
    Instance instance = owner(setting).start("forker=forker").die();
    Proc forker = world.ready("forker");
    List<Proc> before = world.population();

    SweepReport report = world.sweep(setting.eyes(), FAIR);

    assertThat(forker.isRunning()).as("%s", report).isFalse();
    assertThat(in(report, instance, "forker").outcome()).isEqualTo(Outcome.KILLED);
    assertThat(pids(in(report, instance, "forker"))).as("it forked").hasSizeGreaterThan(1);
    assertThat(world.population()).as("what is left").isSubsetOf(before);
    assertAllOver(report, instance);
  }

  @Gate("takes long")
  @Row
  @MethodSource("settings")
  void aStoppedChildIsStoppedForGood(Setting setting) {
    Instance instance = owner(setting).start("one=plain", "deaf=deaf").die();
    Proc one = world.ready("one");
    Proc deaf = world.ready("deaf");
    one.stop();
    deaf.stop();

    SweepReport report = world.sweep(setting.eyes(), FAIR);

    assertThat(one.isRunning()).as("%s", report).isFalse();
    assertThat(deaf.isRunning()).as("%s", report).isFalse();
    // Only /proc shows that it is stopped and must continue before it can act on SIGTERM.
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

    assertThat(tree).as("%s", report).noneMatch(Proc::isRunning);
    assertThat(in(report, instance, "tree").outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(pids(in(report, instance, "tree")))
        .containsAll(tree.stream().map(Proc::pid).toList());
    assertAllOver(report, instance);
  }

  @Row
  @MethodSource("settings")
  void aChildGoesWithDescendantsThatLoseTheirParentMeanwhile(Setting setting) {
    Instance instance = owner(setting).start("tree=deaf-tree").die();
    List<Proc> tree = List.of(world.ready("tree"), world.ready("tree.1"), world.ready("tree.2"));

    SweepReport report = world.sweep(setting.eyes(), SHORT);

    assertThat(tree).as("%s", report).noneMatch(Proc::isRunning);
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

    assertThat(lost.isRunning()).as("%s", report).isFalse();
    assertThat(in(report, instance, "(session)").outcome()).isEqualTo(Outcome.KILLED);
    assertThat(world.journal(instance, lost)).containsExactly("KILLED");
    assertAllOver(report, instance);
  }

  /// The process started after the last record was written, and so did all others in the session.
  /// The record waits three sweeps for a watcher that held the owner. Then a person has to decide.
  @Row
  @EyesWithProc
  void whoLostItsParentBeforeIsReportedInTheEndIfTheSessionProvesNothing(Eyes eyes) {
    Instance instance =
        world.owner(Kind.SEXTON, eyes).leading().option("settle=100").start("-kid=stray").die();
    Proc stray = world.spare("perhaps somebody's", world.ready("kid.1"));
    assertThat(stray.session()).isEqualTo(instance.owner().pid());

    for (int attempt = 1; attempt <= 3; attempt++) {
      SweepReport report = world.sweep(eyes, SHORT);

      assertThat(in(report, instance, "(session)").outcome()).isEqualTo(Outcome.FAILED);
      assertThat(pid(in(report, instance, "(session)"))).isEqualTo(stray.pid());
      assertThat(in(report, instance).record()).isEqualTo(RecordFate.KEPT);
      assertThat(report.isClean()).isFalse();
      JsonObject record = JsonParser.parseString(World.text(instance.record())).getAsJsonObject();
      assertThat(record.getAsJsonObject("sweep").get("attempts").getAsInt()).isEqualTo(attempt);
      assertThat(record.getAsJsonObject("python_processes").entrySet())
          .as("what a record names is the instance's own")
          .isEmpty();
    }

    SweepReport last = world.sweep(eyes, SHORT);

    assertThat(in(last, instance, "(session)").outcome()).isEqualTo(Outcome.UNCLAIMED);
    assertThat(last.unclaimed())
        .filteredOn(one -> pid(one) == stray.pid())
        .singleElement()
        .satisfies(
            one -> assertThat(one.reason()).contains("nothing proves that the owner led it"));
    assertThat(world.journal(instance, stray)).endsWith("UNCLAIMED");
    assertThat(stray.isRunning()).isTrue();
    assertAllOver(last, instance);
  }

  /// The original's record has no place for a tombstone that only a watcher could use.
  @Row
  @EyesWithProc
  void andAtOnceIfTheRecordIsTheOriginals(Eyes eyes) {
    Instance instance =
        world.owner(Kind.ORIGINAL, eyes).leading().option("settle=100").start("-kid=stray").die();
    Proc stray = world.spare("perhaps somebody's", world.ready("kid.1"));
    assertThat(stray.session()).isEqualTo(instance.owner().pid());

    SweepReport report = world.sweep(eyes, SHORT);

    assertThat(in(report, instance, "(session)").outcome()).isEqualTo(Outcome.UNCLAIMED);
    assertThat(report.unclaimed()).anyMatch(one -> pid(one) == stray.pid());
    assertThat(world.journal(instance, stray)).containsExactly("UNCLAIMED");
    assertAllOver(report, instance);
  }

  /// While the zombie exists, no other process can have its PID.
  @Row
  @EyesWithProc
  void whoLostItsParentBeforeGoesIfTheOwnerIsStillAZombie(Eyes eyes) {
    Instance instance =
        world
            .owner(Kind.SEXTON, eyes)
            .nursed(false)
            .leading()
            .option("settle=100")
            .start("-kid=stray")
            .die();
    Proc stray = world.ready("kid.1");
    assertThat(stray.session()).isEqualTo(instance.owner().pid());
    assertThat(instance.owner().state()).isEqualTo('Z');

    SweepReport report = world.sweep(eyes, SHORT);

    assertThat(stray.isRunning()).as("%s", report).isFalse();
    assertThat(in(report, instance, "(session)").outcome()).isEqualTo(Outcome.KILLED);
    assertThat(world.journal(instance, stray)).containsExactly("KILLED");
    assertAllOver(report, instance);
  }

  /// One member carries the marker, so the session is the owner's, and the other member ends with
  /// it.
  @Row
  @EyesWithProc
  void whoLostItsParentBeforeGoesIfAnotherMemberIsMarked(Eyes eyes) {
    Instance instance =
        world
            .owner(Kind.SEXTON, eyes)
            .leading()
            .option("marked=1")
            .option("settle=100")
            .start("-kid=stray", "-other=daemon")
            .die();
    Proc stray = world.ready("kid.1");
    Proc other = world.ready("other.1");
    assertThat(stray.session()).isEqualTo(instance.owner().pid());
    assertThat(other.session()).isEqualTo(instance.owner().pid());

    SweepReport report = world.sweep(eyes, SHORT);

    assertThat(stray.isRunning()).as("%s", report).isFalse();
    assertThat(other.isRunning()).as("%s", report).isFalse();
    assertThat(pids(in(report, instance, "(session)"))).containsExactly(stray.pid());
    assertThat(pids(in(report, instance, "(marked)"))).containsExactly(other.pid());
    assertAllOver(report, instance);
  }

  /// Without a session of its owner, nothing shows which instance it belongs to.
  @Row
  @MethodSource("settings")
  void whoLostItsParentBeforeIsLeftAloneOutsideTheOwnersSession(Setting setting) {
    Instance instance = owner(setting).start("kid=daemons").die();
    Proc kid = world.ready("kid");
    world.spare("somebody's", world.ready("kid.0.1"));

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(kid.isRunning()).as("%s", report).isFalse();
    assertAllOver(report, instance);
  }

  /// Sessions cannot be seen without `/proc`. What only a session would prove is left alone.
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

    assertThat(last.isRunning()).isFalse();
    assertAllOver(report, instance);
  }

  @Row
  @MethodSource("settingsWithProc")
  void aZombieChildIsGone(Setting setting) {
    Instance instance = owner(setting).nursed(false).start("one=plain", "two=plain").die();
    Proc one = world.ready("one");
    Proc two = world.ready("two");
    one.kill();
    Await.until("it is a zombie", () -> one.state() == 'Z');
    assertThat(instance.owner().state()).as("its owner is one, too").isEqualTo('Z');

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.GONE);
    assertThat(in(report, instance, "two").outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(two.isRunning()).isFalse();
    assertAllOver(report, instance);
  }

  /// The process table shows a process whose first thread has ended as a zombie.
  @Row
  @MethodSource("settings")
  void aChildOfWhichOnlyTheFirstThreadHasEndedIsStopped(Setting setting) {
    Instance instance = owner(setting).start("one=headless").die();
    Proc one = world.ready("one");
    Await.until("its first thread has ended", one::isHeadless);

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(one.isRunning()).as("%s", report).isFalse();
    assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.STOPPED);
    assertAllOver(report, instance);
  }

  @Row
  @MethodSource("settings")
  void aChildThatIsGoneIsGone(Setting setting) {
    Instance instance = owner(setting).nursed(true).start("one=plain").die();
    Proc one = world.ready("one");
    one.kill();
    Await.until("it is gone", () -> !one.isThere());

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.GONE);
    assertThat(world.journal(instance, one)).containsExactly("GONE");
    assertAllOver(report, instance);
  }

  /// Untracked processes, each in its own session and each started by one that has ended. Only the
  /// marker is left.
  @Gate("takes long")
  @Row
  @EyesWithProc
  void whoCarriesTheMarkIsFoundHoweverItForks(Eyes eyes) {
    Setting setting = new Setting(Kind.SEXTON, eyes);
    Instance instance = owner(setting).option("marked=1").start("-hydra=hydra").die();
    Proc hydra = world.ready("hydra");
    List<Proc> before = world.population();

    SweepReport report = world.sweep(setting.eyes(), PATIENT);

    assertThat(hydra.isRunning()).as("%s", report).isFalse();
    assertThat(in(report, instance, "(marked)").outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(world.population()).as("what is left").isSubsetOf(before);
    assertAllOver(report, instance);
  }

  /// Its own environment is empty then, but the environment of its other threads is not.
  @Row
  @EyesWithProc
  void whoCarriesTheMarkIsFoundEvenIfItsFirstThreadHasEnded(Eyes eyes) {
    Instance instance =
        world.owner(Kind.SEXTON, eyes).option("marked=1").start("-one=headless").die();
    Proc one = world.ready("one");
    Await.until("its first thread has ended", one::isHeadless);

    SweepReport report = world.sweep(eyes, PATIENT);

    assertThat(one.isRunning()).as("%s", report).isFalse();
    assertThat(in(report, instance, "(marked)").outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(pid(in(report, instance, "(marked)"))).isEqualTo(one.pid());
    assertAllOver(report, instance);
  }

  /// Its marker can no longer be seen. Anyone may have started the process, and a person has to
  /// decide.
  @Row
  @EyesWithProc
  void aDaemonThatWroteOverItsEnvironmentIsReportedAndLeftAlone(Eyes eyes) {
    Instance instance =
        world
            .owner(Kind.SEXTON, eyes)
            .option("marked=1")
            .start("-titled=titled", "-plain=plain")
            .die();
    Proc titled = world.spare("a daemon without an environment", world.hidden("titled"));
    Proc plain = world.ready("plain");
    Await.until("it has lost its parent", () -> titled.parent() == 1);
    assertThat(world.population()).as("its environment is not seen").doesNotContain(titled);

    SweepReport report = world.sweep(eyes, PATIENT);

    assertThat(plain.isRunning()).as("%s", report).isFalse();
    assertThat(titled.isRunning()).isTrue();
    assertThat(report.unclaimed())
        .filteredOn(one -> pid(one) == titled.pid())
        .singleElement()
        .satisfies(one -> {
          assertThat(one.name()).contains("torture: titled");
          assertThat(one.reason()).contains("overwritten its environment");
        });
    assertThat(world.journal(instance, titled)).containsExactly("UNCLAIMED");
    assertAllOver(report, instance);
  }
}
