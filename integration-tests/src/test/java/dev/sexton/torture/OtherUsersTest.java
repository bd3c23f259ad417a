package dev.sexton.torture;

import static dev.sexton.torture.World.NOBODY;
import static dev.sexton.torture.World.PATIENT;
import static dev.sexton.torture.World.in;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.provider.EnumSource;

/// Tests owners and children of another user, swept by root and by the user `nobody`.
@Gate("needs root")
class OtherUsersTest {
  @RegisterExtension final World world = new World();

  @BeforeEach
  void requireRoot() {
    Requirement.root();
  }

  /// Returns everything that a sweep by `nobody` prints.
  private List<String> sweepAsNobody() {
    List<String> command = new ArrayList<>(World.AS_NOBODY);
    List<String> arguments = List.of(world.state().toString(), String.valueOf(PATIENT.toMillis()));
    command.addAll(world.javaForAll(Sweeping.class, arguments));
    return world.sweepProcess(command).go().lines();
  }

  /// Starts what must stay, as `nobody`, who gets the state directory.
  private void populateAsNobody() throws IOException {
    Files.createDirectories(world.state().resolve("instances"));
    giveToNobody(world.state().toString());
    world.populate("user=" + NOBODY);
  }

  /// Returns a dead owner with a child that another user runs.
  private Instance deadParentOfAnotherUser(Eyes eyes) {
    world.populate();
    return world
        .owner(Kind.ORIGINAL, eyes)
        .nursed(true)
        .option("kids=" + NOBODY)
        .start("one=plain")
        .die();
  }

  private void giveToNobody(String path) {
    Commands.run("chown", "-R", NOBODY + ":" + NOBODY, path);
  }

  /// A user who may read everything still respects who owns the record.
  @Row
  @EnumSource(Eyes.class)
  void anotherUsersChildIsDeniedAndRememberedUntilItIsGone(Eyes eyes) {
    Instance instance = deadParentOfAnotherUser(eyes);
    Proc one = world.spare("another user's child", world.ready("one"));

    for (int attempt = 1; attempt <= 2; attempt++) {
      SweepReport report = world.sweep(eyes, PATIENT);

      assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.DENIED);
      assertThat(in(report, instance).record()).isEqualTo(RecordFate.KEPT);
      assertThat(report.isClean()).isFalse();
      assertThat(report.left()).isEqualTo(1);
      JsonObject record = JsonParser.parseString(World.text(instance.record())).getAsJsonObject();
      JsonObject tombstone = record.getAsJsonObject("sweep");
      assertThat(tombstone.get("attempts").getAsInt()).isEqualTo(attempt);
      assertThat(tombstone.get("last_error").getAsString()).contains("another user");
      assertThat(record.getAsJsonObject("python_processes").get("one").getAsLong())
          .isEqualTo(one.pid());
      assertThat(world.journal(instance, one)).as("said once").containsExactly("DENIED");
    }

    world.giveUp(one);
    one.kill();
    Await.until("it is gone", () -> !one.isThere());
    SweepReport report = world.sweep(eyes, PATIENT);

    assertThat(report.isClean()).isTrue();
    assertThat(in(report, instance).record()).isEqualTo(RecordFate.REMOVED);
    world.assertForgotten(instance);
  }

  /// A record applies to what the user who owns its file may end, even if root sweeps.
  @Row
  @EnumSource(Eyes.class)
  void rootCleansUpAfterAnotherUser(Eyes eyes) throws IOException {
    populateAsNobody();
    Instance instance =
        world.owner(Kind.ORIGINAL, eyes).nursed(true).option("user=" + NOBODY).start("one=plain");
    instance.die();
    Proc one = world.ready("one");

    SweepReport report = world.sweep(eyes, PATIENT);

    assertThat(one.isRunning()).as("%s", report).isFalse();
    assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.STOPPED);
    world.assertForgotten(instance);
  }

  @Row
  @BothKinds
  void anotherUsersLivingOwnerIsLeftAlone(Kind kind) throws IOException {
    world.populate();
    Instance instance = world.owner(kind).start("one=plain");
    world.spare("the owner", instance.owner());
    world.spare("its child", world.ready("one"));
    giveToNobody(world.state().toString());
    if (Files.exists(instance.lock())) {
      Commands.run("chown", "0:0", instance.lock().toString());
    }

    List<String> lines = sweepAsNobody();

    assertThat(lines).contains(instance.id() + " ALIVE KEPT", "clean");
    assertThat(instance.record()).exists();
  }

  /// Root can see that the process is not Python. `nobody` cannot, and missing permission is no
  /// proof.
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void whoseIdAnotherUserHasIsNotJudgedByWhoMayNotLook() throws IOException {
    populateAsNobody();
    Instance instance =
        world.owner(Kind.ORIGINAL).nursed(true).option("user=" + NOBODY).start("one=plain").die();
    Proc one = world.spare("its child", world.ready("one"));
    world.recycle(instance.owner().pid(), "stranger", false);

    assertThat(sweepAsNobody()).contains(instance.id() + " ALIVE KEPT", "clean");
    assertThat(one.isRunning()).isTrue();

    world.giveUp(one);
    SweepReport report = world.sweep(Eyes.ONE_SHOT, PATIENT);
    assertThat(in(report, instance).liveness()).isEqualTo(Liveness.DEAD);
    assertThat(one.isRunning()).isFalse();
    world.assertForgotten(instance);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void nobodyCleansUpAfterNobodyOnly() throws IOException {
    populateAsNobody();
    Instance instance =
        world.owner(Kind.ORIGINAL).nursed(true).option("user=" + NOBODY).start("one=plain").die();
    Proc one = world.ready("one");
    Proc roots = world.spare("a process of root", world.child("plain", "roots"));
    JsonObject record = JsonParser.parseString(World.text(instance.record())).getAsJsonObject();
    record.getAsJsonObject("python_processes").addProperty("roots", roots.pid());
    Files.writeString(instance.record(), record.toString());

    assertThat(sweepAsNobody())
        .contains(
            instance.id() + " one STOPPED",
            instance.id() + " roots DENIED",
            instance.id() + " DEAD KEPT",
            "left");
    assertThat(one.isRunning()).isFalse();
    assertThat(roots.isRunning()).isTrue();

    world.giveUp(roots);
    roots.kill();
    Await.until("it is gone", () -> !roots.isThere());
    assertThat(sweepAsNobody()).contains(instance.id() + " DEAD REMOVED", "clean");
    world.assertForgotten(instance);
  }

  /// The environment of an undumpable process belongs to root, whichever user runs it.
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void whatItsUserMayNotLookIntoIsReportedAndLeftAlone() throws IOException {
    populateAsNobody();
    Instance instance =
        world
            .owner(Kind.SEXTON)
            .asNobody()
            .option("marked=1")
            .start("-secret=undumpable", "-plain=plain")
            .die();
    Proc secret = world.spare("a daemon that its user may not look into", world.ready("secret"));
    Proc plain = world.ready("plain");
    Await.until("it has lost its parent", () -> secret.parent() == 1);

    List<String> lines = sweepAsNobody();

    assertThat(lines).contains(instance.id() + " DEAD REMOVED");
    assertThat(lines)
        .filteredOn(line -> line.startsWith("unclaimed " + secret.pid() + " "))
        .singleElement()
        .asString()
        .contains("its environment cannot be read");
    assertThat(world.journal(instance, secret)).containsExactly("UNCLAIMED");
    assertThat(secret.isRunning()).isTrue();
    assertThat(plain.isRunning()).isFalse();
    world.assertForgotten(instance);
  }

  /// A tombstone also names the start time of a process, so a later process with its PID is spared.
  @Row
  @EyesWithProc
  void aTombstoneNamesTheStartTimeOfWhatARecordNamesById(Eyes eyes) {
    Instance instance = deadParentOfAnotherUser(eyes);
    Proc one = world.spare("another user's child", world.ready("one"));

    SweepReport first = world.sweep(eyes, PATIENT);

    assertThat(in(first, instance, "one").outcome()).isEqualTo(Outcome.DENIED);
    JsonObject named =
        JsonParser.parseString(World.text(instance.record()))
            .getAsJsonObject()
            .getAsJsonObject("processes")
            .getAsJsonObject("one");
    assertThat(named.get("pid").getAsLong()).isEqualTo(one.pid());
    assertThat(named.get("start").getAsLong()).isEqualTo(one.start());

    world.giveUp(one);
    one.kill();
    // Runs as the user who owns the record, so only the start time spares it.
    Proc stranger = world.recycle(one.pid(), "stranger", false);
    SweepReport second = world.sweep(eyes, PATIENT);

    assertThat(in(second, instance, "one").outcome()).isEqualTo(Outcome.RECYCLED);
    assertThat(stranger.isRunning()).isTrue();
    world.assertForgotten(instance);
  }
}
