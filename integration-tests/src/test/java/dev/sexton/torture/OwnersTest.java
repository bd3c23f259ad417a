package dev.sexton.torture;

import static dev.sexton.torture.World.PATIENT;
import static dev.sexton.torture.World.in;
import static dev.sexton.torture.World.pid;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Tests owners in every state, and unrelated processes that have their PIDs.
class OwnersTest {
  @RegisterExtension final World world = new World();

  @BeforeEach
  void populate() {
    world.populate();
  }

  private void assertLeftAlone(SweepReport report, Instance instance, Liveness liveness) {
    assertThat(in(report, instance).liveness()).as("%s", report).isEqualTo(liveness);
    assertThat(in(report, instance).record()).isEqualTo(RecordFate.KEPT);
    assertThat(in(report, instance).resources()).isEmpty();
    assertThat(world.journal(instance)).isEmpty();
    assertThat(instance.record()).exists();
  }

  @Row
  @KindsAndEyes
  void whoLivesIsLeftAloneWhetherItRunsOrIsStopped(Kind kind, Eyes eyes) {
    Instance instance = world.owner(kind).start("one=plain");
    world.spare("its child", world.ready("one"));
    String record = World.text(instance.record());

    assertLeftAlone(world.sweep(eyes, PATIENT), instance, Liveness.ALIVE);
    instance.owner().stop();
    assertLeftAlone(world.sweep(eyes, PATIENT), instance, Liveness.ALIVE);

    assertThat(World.text(instance.record())).isEqualTo(record);
    assertThat(instance.owner().state()).isEqualTo('T');
    instance.owner().resume();
  }

  @Row
  @CsvSource({"ORIGINAL, ONE_SHOT", "SEXTON, RESIDENT"})
  void aZombieIsDead(Kind kind, Eyes eyes) {
    Instance instance = world.owner(kind).nursed(false).start().die();
    assertThat(instance.owner().state()).isEqualTo('Z');

    SweepReport report = world.sweep(eyes, PATIENT);

    assertThat(in(report, instance).liveness()).as("%s", report).isEqualTo(Liveness.DEAD);
    world.assertForgotten(instance);
  }

  /// The process table shows it as a zombie, but it continues to run.
  @Test
  void whoseFirstThreadHasEndedIsAlive() {
    Instance instance = world.owner(Kind.ORIGINAL).option("headless=1").start("one=plain");
    world.spare("its child", world.ready("one"));
    Await.until("its first thread has ended", instance.owner()::isHeadless);

    SweepReport report = world.sweep(Eyes.ONE_SHOT, PATIENT);

    assertThat(in(report, instance).liveness()).as("%s", report).isNotEqualTo(Liveness.DEAD);
    assertThat(instance.owner().isRunning()).isTrue();
    assertThat(instance.record()).exists();
  }

  /// The JDK cannot tell it from a running process. Its free lock does not outweigh that.
  @Row
  @EnumSource(
      value = Kind.class,
      names = {"ORIGINAL", "SEXTON_PORTABLE"})
  void aZombieThatIsNotSeenToBeOneIsLeftAlone(Kind kind) {
    Instance instance = world.owner(kind).nursed(false).start("one=plain").die();
    world.spare("its child", world.ready("one"));
    assertThat(instance.owner().state()).isEqualTo('Z');

    SweepReport report = world.sweep(Eyes.PORTABLE, PATIENT);

    assertThat(in(report, instance).liveness()).isNotEqualTo(Liveness.DEAD);
    assertThat(instance.record()).exists();
  }

  /// The JDK knows neither the host, the boot nor the namespace, by which the record names its
  /// owner.
  @Test
  void aRecordOfAnotherPlatformCannotBeJudged() {
    Instance instance = world.owner(Kind.SEXTON).start("one=plain").die();
    world.spare("its child", world.ready("one"));

    assertLeftAlone(world.sweep(Eyes.PORTABLE, PATIENT), instance, Liveness.UNKNOWN);
  }

  /// A platform that does not know hosts writes records that other platforms cannot judge either.
  @Row
  @EnumSource(
      value = Eyes.class,
      names = {"ONE_SHOT", "RESIDENT"})
  void norOneOfThePortablePlatform(Eyes eyes) {
    Instance instance = world.owner(Kind.SEXTON_PORTABLE).start("one=plain").die();
    world.spare("its child", world.ready("one"));

    assertLeftAlone(world.sweep(eyes, PATIENT), instance, Liveness.UNKNOWN);
  }

  @Gate("needs root")
  @Row
  @CsvSource({
    "ORIGINAL, ONE_SHOT, false",
    "SEXTON, ONE_SHOT, false",
    "SEXTON, RESIDENT, true",
    "ORIGINAL, PORTABLE, false",
    "SEXTON_PORTABLE, PORTABLE, true"
  })
  void whoseIdSomebodyElseHasIsDead(Kind kind, Eyes eyes, boolean python) {
    Instance instance = world.owner(kind, eyes).start("one=plain").die();
    Proc one = world.ready("one");
    world.recycle(instance.owner().pid(), "stranger", python);

    SweepReport report = world.sweep(eyes, PATIENT);

    assertThat(in(report, instance).liveness()).as("%s", report).isEqualTo(Liveness.DEAD);
    assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(one.isRunning()).isFalse();
    world.assertForgotten(instance);
  }

  /// Another Python process: only the start time shows that it is not the server.
  @Gate("needs root")
  @Row
  @EnumSource(
      value = Eyes.class,
      names = {"ONE_SHOT", "PORTABLE"})
  void whoseIdAnotherPythonHasCannotBeJudged(Eyes eyes) throws IOException {
    Instance instance = world.owner(Kind.ORIGINAL, eyes).start("one=plain").die();
    Proc one = world.spare("its child", world.ready("one"));
    Instant written = Files.getLastModifiedTime(instance.record()).toInstant();
    Await.until(
        "a process that starts now is clearly later",
        () -> Instant.now().isAfter(written.plus(Duration.ofMillis(3_200))));
    world.recycle(instance.owner().pid(), "stranger", true);

    assertLeftAlone(world.sweep(eyes, PATIENT), instance, Liveness.UNKNOWN);
    assertThat(one.isRunning()).isTrue();

    // A person has checked and says that it is not the server.
    world.giveUp(one);
    SweepReport report = world.assumeDead(eyes, PATIENT, Set.of(instance.id()));
    assertThat(in(report, instance).liveness()).as("%s", report).isEqualTo(Liveness.DEAD);
    assertThat(one.isRunning()).isFalse();
    world.assertForgotten(instance);
  }

  /// Within the two seconds that a clock may be off, the process is taken for the server.
  @Gate("needs root")
  @Test
  void whoseIdAnotherPythonHasAtOnceIsTakenForAlive() {
    Instance instance = world.owner(Kind.ORIGINAL).start("one=plain").die();
    world.spare("its child", world.ready("one"));
    world.recycle(instance.owner().pid(), "stranger", true);

    SweepReport report = world.sweep(Eyes.ONE_SHOT, PATIENT);

    assertThat(in(report, instance).liveness()).isNotEqualTo(Liveness.DEAD);
    assertThat(instance.record()).exists();
  }

  @Gate("needs root")
  @Row
  @KindsAndEyes
  void aChildWhoseIdAYoungerStrangerHasIsRecycled(Kind kind, Eyes eyes) throws IOException {
    Instance instance = world.owner(kind, eyes).start("one=plain", "two=plain").die();
    Proc one = world.ready("one");
    one.kill();
    Proc stranger = world.recycle(one.pid(), "stranger", false);
    boolean onlyIds = kind == Kind.ORIGINAL;
    if (onlyIds) {
      // The record is an hour old. The other child should be at least as old, but is younger here.
      JsonObject record = JsonParser.parseString(World.text(instance.record())).getAsJsonObject();
      record.addProperty("started_at", Instant.now().minus(Duration.ofHours(2)).toString());
      Files.writeString(instance.record(), record.toString());
      Files.setLastModifiedTime(
          instance.record(), FileTime.from(Instant.now().minus(Duration.ofHours(1))));
      world.spare("a child that seems younger than its record", world.ready("two"));
    }

    SweepReport report = world.sweep(eyes, PATIENT);

    assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.RECYCLED);
    assertThat(in(report, instance, "two").outcome())
        .isEqualTo(onlyIds ? Outcome.RECYCLED : Outcome.STOPPED);
    assertThat(world.journal(instance, stranger)).containsExactly("RECYCLED");
    assertThat(report.isClean()).isTrue();
    world.assertForgotten(instance);
  }

  @Row
  @KindsAndEyes
  void anOlderStrangerThatARecordNamesIsLeftAlone(Kind kind, Eyes eyes) {
    Proc stranger = world.spare("an older stranger", world.child("plain", "older"));
    Instance instance =
        world.owner(kind, eyes).option("pid=one:" + stranger.pid()).start("two=plain").die();
    Proc two = world.ready("two");

    SweepReport report = world.sweep(eyes, PATIENT);

    // No process gets a PID before it is free. If only a wall clock says so, the clock was set.
    boolean onlyIds = kind == Kind.ORIGINAL;
    Outcome expected = onlyIds ? Outcome.DENIED : Outcome.RECYCLED;
    assertThat(in(report, instance, "one").outcome()).isEqualTo(expected);
    assertThat(in(report, instance, "two").outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(two.isRunning()).isFalse();
    assertThat(world.journal(instance, stranger)).containsExactly(expected.name());
    if (onlyIds) {
      assertThat(in(report, instance).record()).isEqualTo(RecordFate.KEPT);
      assertThat(instance.record()).exists();
    } else {
      world.assertForgotten(instance);
    }
  }

  /// Its members are younger than the last record, and the session ID proves nothing.
  @Gate("needs root")
  @Row
  @CsvSource({"ORIGINAL, ONE_SHOT", "SEXTON, RESIDENT"})
  void aLaterSessionOfTheSameNumberIsSomebodyElses(Kind kind, Eyes eyes) {
    Instance instance = world.owner(kind, eyes).nursed(true).leading().start("one=plain").die();
    Proc one = world.ready("one");
    one.kill();
    Await.until("nobody is left of its session", () -> !one.isThere());
    Proc later = world.recycleSession(instance.owner().pid(), "later");

    SweepReport report = world.sweep(eyes, PATIENT);

    assertThat(in(report, instance).liveness()).as("%s", report).isEqualTo(Liveness.DEAD);
    assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.GONE);
    assertThat(pid(in(report, instance, "(session)"))).isEqualTo(later.pid());
    if (kind == Kind.ORIGINAL) {
      assertThat(in(report, instance, "(session)").outcome()).isEqualTo(Outcome.UNCLAIMED);
      world.assertForgotten(instance);
    } else {
      // A watcher that held the owner could say more about the owner's own session.
      assertThat(in(report, instance, "(session)").outcome()).isEqualTo(Outcome.FAILED);
      assertThat(in(report, instance).record()).isEqualTo(RecordFate.KEPT);
    }
  }
}
