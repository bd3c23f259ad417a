package dev.sexton.torture;

import static dev.sexton.torture.World.PATIENT;
import static dev.sexton.torture.World.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Outcome;
import dev.sexton.SweepReport;
import dev.sexton.testsupport.BrokenEngine;
import dev.sexton.testsupport.BrokenEngine.Fault;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.torture.World.Instance;
import dev.sexton.torture.World.Kind;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.provider.EnumSource;

/// Tests an engine that fails while everything else is swept.
@Gate("takes long")
class EngineTest {
  @RegisterExtension final World world = new World();

  @BeforeEach
  void populate() {
    world.populate();
  }

  private SweepReport sweep(BrokenEngine engine) {
    return world
        .sweeper(PATIENT)
        .environment(Map.of("HOME", world.directory().toString(), "DOCKER_HOST", engine.host()))
        .build()
        .sweep();
  }

  @Row
  @EnumSource
  void anEngineThatFailsIsRememberedAndKeepsNobodyAlive(Fault fault) throws Exception {
    Instance original = world.owner(Kind.ORIGINAL).named("original").start("one=plain").die();
    Instance ours = world.owner(Kind.SEXTON).named("ours").start("two=plain").die();
    Instance withContainers =
        world.owner(Kind.SEXTON).named("with").option("containers=1").start("three=plain").die();
    Proc one = world.ready("one");
    Proc two = world.ready("two");
    Proc three = world.ready("three");
    BrokenEngine engine = world.closing(BrokenEngine.with(fault, world.directory()));

    SweepReport report = sweep(engine);

    assertThat(one.isRunning()).as("%s", report).isFalse();
    assertThat(two.isRunning()).isFalse();
    assertThat(three.isRunning()).isFalse();
    assertThat(in(report, ours).record()).as("needs no engine").isEqualTo(RecordFate.REMOVED);
    world.assertForgotten(ours);
    for (Instance instance : new Instance[] {original, withContainers}) {
      assertThat(in(report, instance, "(engine)").outcome()).isEqualTo(Outcome.FAILED);
      assertThat(in(report, instance).record()).isEqualTo(RecordFate.KEPT);
      assertThat(World.text(instance.record())).contains("\"attempts\": 1", "(engine): Docker");
    }
    assertThat(report.isClean()).isFalse();

    engine.repair();
    SweepReport next = sweep(engine);

    assertThat(next.isClean()).as("%s", next).isTrue();
    world.assertForgotten(original);
    world.assertForgotten(withContainers);
  }
}
