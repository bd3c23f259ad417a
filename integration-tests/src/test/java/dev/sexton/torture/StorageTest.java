package dev.sexton.torture;

import static dev.sexton.torture.World.NOBODY;
import static dev.sexton.torture.World.PATIENT;
import static dev.sexton.torture.World.SHORT;
import static dev.sexton.torture.World.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.InstanceTracker;
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
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Tests state directories on their own file system, which is full or read-only.
@Gate("needs root")
class StorageTest {
  @RegisterExtension final World world = new World();

  private void mount(String options) throws IOException {
    Requirement.root();
    String state = world.state().toString();
    Files.createDirectories(world.state());
    World.privileged("mount", "-t", "tmpfs", "-o", "mode=0700," + options, "tmpfs", state);
    world.closing(
        () -> Commands.run("sh", "-c", "while umount --lazy \"$0\" 2>&-; do :; done", state));
    world.populate();
  }

  /// Covers the directory with a read-only mount of itself. Files that are already open stay
  /// writable.
  private void makeReadOnly() {
    String state = world.state().toString();
    World.privileged("mount", "--bind", state, state);
    World.privileged("mount", "-o", "remount,bind,ro", state);
  }

  private void makeWritable() {
    World.privileged("umount", "--lazy", world.state().toString());
  }

  /// Writes until the file system is full.
  private Path fill() throws IOException {
    Path filler = world.state().resolve("filler");
    byte[] page = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(page);
      }
    } catch (IOException full) {
      return filler;
    }
  }

  private Path fillInodes() throws IOException {
    Path directory = Files.createDirectory(world.state().resolve("fillers"));
    try {
      for (int i = 0; true; i++) {
        Files.createFile(directory.resolve("filler" + i));
      }
    } catch (IOException full) {
      return directory;
    }
  }

  @Row
  @BothKinds
  void aFullDiskKeepsNobodyAlive(Kind kind) throws IOException {
    mount("size=256k");
    Instance instance = world.owner(kind).start("one=plain", "deaf=deaf").die();
    Proc one = world.ready("one");
    Proc deaf = world.ready("deaf");
    fill();

    SweepReport report = world.sweep(Eyes.RESIDENT, SHORT);

    assertThat(one.isRunning()).isFalse();
    assertThat(deaf.isRunning()).isFalse();
    assertThat(in(report, instance).record()).isEqualTo(RecordFate.REMOVED);
    assertThat(report.problems()).as("the journal").isNotEmpty();
    assertThat(world.files()).noneMatch(name -> name.startsWith(instance.id()));
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aTombstoneThatDoesNotFitLeavesTheRecordAsItIs() throws IOException {
    mount("size=256k");
    Instance instance =
        world.owner(Kind.ORIGINAL).nursed(true).option("kids=" + NOBODY).start("one=plain").die();
    Proc one = world.spare("another user's child", world.ready("one"));
    Path filler = fill();
    String record = World.text(instance.record());

    SweepReport report = world.sweep(Eyes.RESIDENT, SHORT);

    assertThat(in(report, instance, "one").outcome()).isEqualTo(Outcome.DENIED);
    assertThat(report.isClean()).isFalse();
    assertThat(report.problems()).isNotEmpty();
    assertThat(World.text(instance.record())).isEqualTo(record);
    assertThat(world.files()).noneMatch(name -> name.endsWith(".tmp"));

    Files.delete(filler);
    assertThat(world.sweep(Eyes.RESIDENT, SHORT).problems()).isEmpty();
    assertThat(World.text(instance.record())).contains("\"attempts\": 1");
    assertThat(world.journal(instance, one)).containsExactly("DENIED");

    world.giveUp(one);
    one.kill();
    Await.until("it is gone", () -> !one.isThere());
    assertThat(world.sweep(Eyes.RESIDENT, SHORT).isClean()).isTrue();
    world.assertForgotten(instance);
  }

  /// Without a sweeper lock, nothing is touched.
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void whereNoLockFitsNothingIsTouched() throws IOException {
    mount("size=4m,nr_inodes=64");
    Instance instance = world.owner(Kind.ORIGINAL).start("one=plain").die();
    Proc one = world.spare("its child", world.ready("one"));
    Path fillers = fillInodes();

    SweepReport report = world.sweep(Eyes.RESIDENT, PATIENT);

    assertThat(in(report, instance).liveness()).isEqualTo(Liveness.DEAD);
    assertThat(in(report, instance).record()).isEqualTo(RecordFate.KEPT);
    assertThat(in(report, instance).resources()).isEmpty();
    assertThat(report.isClean()).isFalse();
    assertThat(report.problems()).isNotEmpty();
    assertThat(one.isRunning()).isTrue();

    Commands.run("rm", "-r", fillers.toString());
    world.giveUp(one);
    assertThat(world.sweep(Eyes.RESIDENT, PATIENT).isClean()).isTrue();
    assertThat(one.isRunning()).isFalse();
    world.assertForgotten(instance);
  }

  @Row
  @BothKinds
  void inAReadOnlyDirectoryNothingIsTouched(Kind kind) throws IOException {
    mount("size=1m");
    Instance instance = world.owner(kind).start("one=plain").die();
    Proc one = world.spare("its child", world.ready("one"));
    Instance living = world.owner(kind).named("living").start("two=plain");
    world.spare("a living owner", living.owner());
    world.spare("its child", world.ready("two"));
    List<String> files = world.files();
    makeReadOnly();

    SweepReport report = world.sweep(Eyes.RESIDENT, PATIENT);

    assertThat(in(report, living).liveness()).isEqualTo(Liveness.ALIVE);
    assertThat(in(report, instance).liveness()).isEqualTo(Liveness.DEAD);
    assertThat(in(report, instance).record()).isEqualTo(RecordFate.KEPT);
    assertThat(report.isClean()).isFalse();
    assertThat(report.problems()).isNotEmpty();
    assertThat(one.isRunning()).isTrue();
    assertThat(world.files()).isEqualTo(files);

    makeWritable();
    world.giveUp(one);
    assertThat(world.sweep(Eyes.RESIDENT, PATIENT).isClean()).isTrue();
    assertThat(one.isRunning()).isFalse();
    world.assertForgotten(instance);
  }

  /// Registering fails, but the server does not.
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aServerStartsWithoutAPlaceForItsRecord() throws IOException {
    mount("size=256k");
    Path filler = fill();
    List<String> files = world.files();
    InstanceTracker onFullDisk = world.register();
    assertThat(onFullDisk.isRegistered()).isFalse();
    onFullDisk.trackProcess("one", world.child("plain", "one").pid());
    onFullDisk.close(PATIENT);
    assertThat(world.files()).isEqualTo(files);

    Files.delete(filler);
    makeReadOnly();
    InstanceTracker readOnly = world.register();
    assertThat(readOnly.isRegistered()).isFalse();
    readOnly.trackProcess("one", world.ready("one").pid());
    readOnly.close(PATIENT);
    makeWritable();
    assertThat(world.files()).isEqualTo(files);
    assertThat(world.ready("one").isRunning()).isTrue();
  }

  /// Changes that could not be written then are written with the next change.
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aServerThatRunsOutOfDiskKeepsItsRecordWhole() throws IOException {
    mount("size=256k");
    InstanceTracker instance = world.register();
    assertThat(instance.isRegistered()).isTrue();
    long one = world.child("plain", "one").pid();
    instance.trackProcess("one", one);
    Path filler = fill();
    String record = World.text(instance.instanceFile());
    instance.trackProcess("two", one);

    assertThat(World.text(instance.instanceFile())).isEqualTo(record);
    assertThat(world.files()).noneMatch(name -> name.endsWith(".tmp"));
    assertThat(instance.trackedProcesses()).isEqualTo(Map.of("one", one, "two", one));

    Files.delete(filler);
    instance.flush();
    assertThat(InstanceTracker.loadFromFile(instance.instanceFile()).trackedProcesses())
        .isEqualTo(Map.of("one", one, "two", one));
    instance.unregister();
    assertThat(world.files()).noneMatch(name -> name.startsWith(instance.instanceId()));
  }
}
