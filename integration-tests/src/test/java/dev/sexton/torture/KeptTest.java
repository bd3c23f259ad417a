package dev.sexton.torture;

import static dev.sexton.torture.World.PATIENT;
import static dev.sexton.torture.World.in;
import static dev.sexton.torture.World.pid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Outcome;
import dev.sexton.SweepReport;
import dev.sexton.testsupport.Await;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Requirement;
import dev.sexton.torture.World.Eyes;
import dev.sexton.torture.World.Instance;
import dev.sexton.torture.World.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Tests which part of a dead owner's tree stays, with everything below it, while the rest ends.
class KeptTest {
  @RegisterExtension final World world = new World();

  @BeforeEach
  void populate() {
    world.populate();
  }

  /// Has an owner start a plain child and this one, which is called `kept`. Asserts that a sweep
  /// keeps this one and ends the other.
  private void assertIsKept(Eyes eyes, String child, String reason) {
    Instance instance =
        world.owner(Kind.SEXTON, eyes).option("marked=1").start(child, "plain=plain").die();
    Proc plain = world.ready("plain");

    SweepReport report = world.sweep(eyes, PATIENT);

    assertThat(plain.isRunning()).isFalse();
    assertKept(report, instance, "kept", reason);
  }

  private void assertKept(SweepReport report, Instance instance, String name, String reason) {
    Proc kept = world.ready(name);
    assertThat(kept.isRunning()).as(name).isTrue();
    assertThat(world.ready(name + ".1").isRunning()).as(name + ".1").isTrue();
    assertThat(in(report, instance).resources())
        .anySatisfy(resource -> {
          assertThat(pid(resource)).isEqualTo(kept.pid());
          assertThat(resource.outcome()).isEqualTo(Outcome.KEPT);
          assertThat(resource.reason()).contains(reason);
        });
    assertThat(in(report, instance).record()).isEqualTo(RecordFate.REMOVED);
  }

  @Row
  @EyesWithProc
  void whatOptedOutStaysWithWhatItStarted(Eyes eyes) {
    assertIsKept(eyes, "-kept=opted-out", "opted out");
  }

  @Row
  @EyesWithProc
  void aKeptProgramStaysWithWhatItStarted(Eyes eyes) {
    assertIsKept(eyes, "-kept=browser", "browser");
  }

  @Row
  @EyesWithProc
  void aKeptProgramThatWasRecordedGoesWithWhatItStarted(Eyes eyes) {
    Instance instance = world.owner(Kind.SEXTON, eyes).start("own=browser").die();
    Proc own = world.ready("own");
    Proc below = world.ready("own.1");

    SweepReport report = world.sweep(eyes, PATIENT);

    assertThat(own.isRunning()).isFalse();
    assertThat(below.isRunning()).isFalse();
    assertThat(in(report, instance).record()).isEqualTo(RecordFate.REMOVED);
  }

  @Row
  @EyesWithProc
  void aServerThatLivesStaysWithItsChildren(Eyes eyes) {
    Instance instance = world.owner(Kind.SEXTON, eyes).start("kept=server", "plain=plain").die();
    Proc plain = world.ready("plain");

    SweepReport report = world.sweep(eyes, PATIENT);

    assertThat(plain.isRunning()).isFalse();
    assertKept(report, instance, "kept", "another instance that is not dead");
  }

  /// If a process asked systemd for its own unit, systemd has to end it.
  @Gate("needs root")
  @Row
  @EyesWithProc
  void whatRunsInAnotherUnitStaysWithWhatItStarted(Eyes eyes) throws IOException {
    Requirement.root();
    String unit = "sexton-torture-" + UUID.randomUUID() + ".service";
    World.privileged(unitScript("make", unit));
    world.closing(() -> Await.until("the unit is removed", () -> isRemoved(unit)));
    Files.writeString(world.ready().resolve("kept.unit"), unit);
    assertIsKept(eyes, "-kept=unit", unit);
  }

  private String[] unitScript(String action, String unit) {
    String script = world.script("unit.sh").toString();
    return new String[] {"unshare", "--mount", "sh", script, action, unit};
  }

  /// Removes the control group and returns whether it is removed. This fails while a killed process
  /// is still in it.
  private boolean isRemoved(String unit) {
    try {
      Commands.run(unitScript("remove", unit));
      return true;
    } catch (Commands.Failed notYet) {
      return false;
    }
  }
}
