package dev.sexton.torture;

import static dev.sexton.torture.World.PATIENT;
import static dev.sexton.torture.World.SHORT;
import static dev.sexton.torture.World.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Outcome;
import dev.sexton.SweepReport;
import dev.sexton.testsupport.Await;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Requirement;
import dev.sexton.torture.World.Eyes;
import dev.sexton.torture.World.Instance;
import dev.sexton.torture.World.Kind;
import dev.sexton.torture.World.SweepProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.provider.EnumSource;

/// Tests several sweepers, and the results of their work.
class SweepersTest {
  @RegisterExtension final World world = new World();

  @BeforeEach
  void populate() {
    world.populate();
  }

  private SweepProcess sweeper(Duration grace) {
    List<String> arguments = List.of(world.state().toString(), String.valueOf(grace.toMillis()));
    return world.sweepProcess(world.java(Sweeping.class, arguments)).awaitLine("ready");
  }

  @Test
  void severalAtOnceDoItOnce() {
    List<Instance> instances = new ArrayList<>();
    List<Proc> children = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String owner = "owner" + i;
      instances.add(
          world
              .owner(Kind.ORIGINAL)
              .named(owner)
              .start(owner + "-plain=plain", owner + "-deaf=deaf")
              .die());
      children.add(world.ready(owner + "-plain"));
      children.add(world.ready(owner + "-deaf"));
    }
    List<SweepProcess> sweepers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      sweepers.add(sweeper(World.FAIR));
    }

    sweepers.forEach(SweepProcess::go);
    List<List<String>> lines = sweepers.stream().map(SweepProcess::lines).toList();

    assertThat(children).noneMatch(Proc::isRunning);
    assertThat(lines)
        .as("whoever left one to another does not say that all is done")
        .allSatisfy(one ->
            assertThat(one.contains("clean"))
                .isEqualTo(one.stream().noneMatch(line -> line.endsWith(" DEAD BUSY"))));
    for (Instance instance : instances) {
      assertThat(lines.stream().flatMap(List::stream))
          .as("exactly one did it")
          .containsOnlyOnce(instance.id() + " DEAD REMOVED");
      world.assertForgotten(instance);
      assertThat(
              world.journal(instance).stream()
                  .filter(line -> !line.get("kind").getAsString().equals("signal"))
                  .map(line -> line.get("outcome").getAsString()))
          .containsExactlyInAnyOrder("STOPPED", "KILLED", "GONE");
    }
  }

  @Row
  @BothKinds
  void whatOneIsAtIsBusyForAllOthers(Kind kind) {
    Instance instance = world.owner(kind).start("deaf=deaf").die();
    Proc deaf = world.ready("deaf");
    AtomicBoolean asked = new AtomicBoolean();
    List<String> another = new ArrayList<>();
    List<SweepReport> sameJvm = new ArrayList<>();

    SweepReport report =
        world.sweep(
            Eyes.RESIDENT,
            Duration.ofMinutes(2),
            (processes, remaining) -> {
              if (asked.compareAndSet(false, true)) {
                another.addAll(sweeper(SHORT).go().lines());
                sameJvm.add(world.sweep(Eyes.ONE_SHOT, SHORT));
                deaf.kill();
              }
            });

    assertThat(another).contains(instance.id() + " DEAD BUSY", "left");
    assertThat(in(sameJvm.getFirst(), instance).record()).isEqualTo(RecordFate.BUSY);
    assertThat(deaf.isRunning()).isFalse();
    assertThat(in(report, instance).record()).isEqualTo(RecordFate.REMOVED);
    world.assertForgotten(instance);
    assertThat(world.journal(instance, deaf)).hasSize(1);
  }

  @Row
  @BothKinds
  void theWorkOfOneThatIsKilledHalfWayIsDoneByTheNext(Kind kind) {
    Instance instance = world.owner(kind).start("deaf=deaf", "one=plain").die();
    Proc deaf = world.ready("deaf");
    SweepProcess first = sweeper(Duration.ofMinutes(5)).go().awaitLine("waiting");

    first.proc().stop();
    SweepReport meanwhile = world.sweep(Eyes.RESIDENT, SHORT);
    assertThat(in(meanwhile, instance).record()).isEqualTo(RecordFate.BUSY);
    assertThat(deaf.isRunning()).isTrue();

    first.proc().kill();
    Await.until("it is killed", () -> !first.proc().isThere());
    assertThat(world.journal(instance))
        .as("whom it had asked")
        .anySatisfy(line -> {
          assertThat(line.get("outcome").getAsString()).isEqualTo("ASKED");
          assertThat(line.getAsJsonArray("signalled").toString())
              .contains("\"pid\":" + deaf.pid() + ",");
        });
    assertThat(instance.record()).exists();
    SweepReport report = world.sweep(Eyes.RESIDENT, SHORT);

    assertThat(deaf.isRunning()).isFalse();
    assertThat(in(report, instance, "deaf").outcome()).isEqualTo(Outcome.KILLED);
    assertThat(in(report, instance).record()).isEqualTo(RecordFate.REMOVED);
    world.assertForgotten(instance);
  }

  /// The record has only process IDs. The first look of a sweep binds them to start times.
  @Gate("needs root")
  @Row
  @EnumSource(Eyes.class)
  void whoGetsTheIdOfAnEndedChildMeanwhileIsLeftAlone(Eyes eyes) throws IOException {
    Requirement.root();
    Instance instance =
        world.owner(Kind.ORIGINAL, eyes).nursed(true).start("one=plain", "deaf=deaf").die();
    Proc one = world.ready("one");
    Proc deaf = world.ready("deaf");
    // The record was just written. By its time alone, the later process could be the child.
    Files.setLastModifiedTime(
        instance.record(), FileTime.from(Instant.now().plus(Duration.ofSeconds(1))));
    List<Proc> strangers = new ArrayList<>();

    SweepReport report =
        world.sweep(
            eyes,
            Duration.ofMinutes(2),
            (processes, remaining) -> {
              if (strangers.isEmpty()) {
                Await.until("it is gone", () -> !one.isThere());
                strangers.add(world.recycle(one.pid(), "stranger", false));
                deaf.kill();
              }
            });

    assertThat(strangers).singleElement().matches(Proc::isRunning);
    assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(deaf.isRunning()).isFalse();
    assertThat(world.journal(instance, one)).containsExactly("STOPPED");
    assertThat(in(report, instance).record()).isEqualTo(RecordFate.REMOVED);
    world.assertForgotten(instance);
  }

  /// Without native access there is no SIGCONT, so the child is killed, but it does end.
  @Test
  void aStoppedChildIsStoppedWithoutNativeAccess() {
    Instance instance = world.owner(Kind.ORIGINAL).start("one=plain").die();
    Proc one = world.ready("one");
    one.stop();

    List<String> lines = sweeper(SHORT).go().lines();

    assertThat(lines).contains(instance.id() + " one KILLED", "clean");
    assertThat(one.isRunning()).isFalse();
    world.assertForgotten(instance);
  }

  @Test
  void anOwnerThatSweepsItselfIsNotSwept() {
    SweepReport report = world.sweep(Eyes.RESIDENT, PATIENT);

    assertThat(report.instances()).hasSize(1);
    assertThat(report.isClean()).isTrue();
    assertThat(report.stopped()).isZero();
  }
}
