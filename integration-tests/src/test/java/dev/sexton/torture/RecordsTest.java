package dev.sexton.torture;

import static dev.sexton.torture.World.PATIENT;
import static dev.sexton.torture.World.SHORT;
import static dev.sexton.torture.World.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.SweepReport;
import dev.sexton.internal.Platform;
import dev.sexton.internal.lock.InstanceLocks;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.sweep.Ports;
import dev.sexton.internal.sweep.Sweep;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.internal.sweep.SweepRequest.Progress;
import dev.sexton.testsupport.Proc;
import dev.sexton.torture.World.Eyes;
import dev.sexton.torture.World.Instance;
import dev.sexton.torture.World.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Tests records and locks that are removed or replaced during a sweep.
class RecordsTest {
  @RegisterExtension final World world = new World();

  private interface Change {
    void make() throws IOException;
  }

  @BeforeEach
  void populate() {
    world.populate();
  }

  private static void make(Change change) {
    try {
      change.make();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static Progress once(Change change) {
    AtomicBoolean done = new AtomicBoolean();
    return (processes, remaining) -> {
      if (done.compareAndSet(false, true)) {
        make(change);
      }
    };
  }

  private static void replace(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(temporary, text);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Returns the record of a running Python process under the same UUID.
  private String recordOfTheLiving(Instance instance) {
    world.start(
        List.of(
            "python3", world.script("stranger.py").toString(), world.ready().toString(), "living"));
    Proc living = world.spare("the new owner", world.ready("living"));
    return "{\"instance_id\": \"%s\", \"pid\": %d, \"started_at\": \"%s\", \"python_processes\": {}}"
        .formatted(instance.id(), living.pid(), LocalDateTime.now(ZoneId.systemDefault()));
  }

  /// Asserts that an instance is swept although one of its files is removed meanwhile.
  private void assertIsSweptAlthoughItLoses(Function<Instance, Path> file, Kind kind) {
    Instance instance = world.owner(kind).start("deaf=deaf").die();
    Proc deaf = world.ready("deaf");

    SweepReport report =
        world.sweep(Eyes.ONE_SHOT, SHORT, once(() -> Files.delete(file.apply(instance))));

    assertThat(deaf.isRunning()).isFalse();
    assertThat(report.isClean()).isTrue();
    world.assertForgotten(instance);
  }

  @Row
  @BothKinds
  void aRecordThatIsRemovedMeanwhileIsDoneWith(Kind kind) {
    assertIsSweptAlthoughItLoses(Instance::record, kind);
  }

  @Row
  @BothKinds
  void aRecordThatIsReplacedMeanwhileIsLeftToTheNextSweep(Kind kind) {
    Instance instance = world.owner(kind).start("deaf=deaf").die();
    Proc deaf = world.ready("deaf");
    String replaced = World.text(instance.record()) + "\n";

    SweepReport report =
        world.sweep(Eyes.ONE_SHOT, SHORT, once(() -> replace(instance.record(), replaced)));

    assertThat(deaf.isRunning()).isFalse();
    assertThat(in(report, instance).record()).isEqualTo(RecordFate.KEPT);
    assertThat(report.isClean()).isFalse();
    assertThat(report.problems()).hasSize(1);
    assertThat(World.text(instance.record())).isEqualTo(replaced);

    assertThat(world.sweep(Eyes.ONE_SHOT, SHORT).isClean()).isTrue();
    world.assertForgotten(instance);
  }

  @Row
  @BothKinds
  void aRecordThatIsReplacedByThatOfALivingOwnerIsKept(Kind kind) {
    Instance instance = world.owner(kind).start("deaf=deaf").die();
    String living = recordOfTheLiving(instance);

    SweepReport report =
        world.sweep(Eyes.ONE_SHOT, SHORT, once(() -> replace(instance.record(), living)));

    assertThat(in(report, instance).record()).isEqualTo(RecordFate.KEPT);
    assertThat(World.text(instance.record())).isEqualTo(living);
    SweepReport next = world.sweep(Eyes.ONE_SHOT, SHORT);
    assertThat(in(next, instance).liveness()).isEqualTo(Liveness.ALIVE);
    assertThat(World.text(instance.record())).isEqualTo(living);
  }

  @Row
  @BothKinds
  void aLockThatIsRemovedMeanwhileChangesNothing(Kind kind) {
    assertIsSweptAlthoughItLoses(Instance::lock, kind);
  }

  /// Sweeps, and makes the change after the sweep has judged the instance but before it claims it.
  private SweepReport sweepWith(Instance instance, Change betweenLookAndClaim) {
    Ports ports = Platform.ports(Platform.processes(false), List.of());
    InstanceLocks locks =
        new InstanceLocks() {
          @Override
          public OwnerByte probeOwner(Path lockFile) {
            return ports.locks().probeOwner(lockFile);
          }

          @Override
          public @Nullable Held lockAsOwner(Path lockFile) throws IOException {
            return ports.locks().lockAsOwner(lockFile);
          }

          @Override
          public @Nullable Held lockAsSweeper(Path lockFile) throws IOException {
            if (lockFile.equals(instance.lock())) {
              betweenLookAndClaim.make();
            }
            return ports.locks().lockAsSweeper(lockFile);
          }
        };
    SweepRequest request =
        SweepRequest.of(List.of(new FileStateDirectory(world.state(), StateDirectories.ORIGINAL)))
            .grace(PATIENT)
            .build();
    return new Sweep(
            new Ports(ports.processes(), locks, ports.providers(), ports.clock(), ports.workers()),
            request)
        .run();
  }

  @Row
  @BothKinds
  void aRecordThatIsReplacedBeforeItIsClaimedIsJudgedAnew(Kind kind) {
    Instance instance = world.owner(kind).start("one=plain").die();
    world.spare("a child of the one before", world.ready("one"));
    String living = recordOfTheLiving(instance);

    SweepReport report = sweepWith(instance, () -> replace(instance.record(), living));

    assertThat(in(report, instance).liveness()).isEqualTo(Liveness.ALIVE);
    assertThat(in(report, instance).resources()).isEmpty();
    assertThat(World.text(instance.record())).isEqualTo(living);
    assertThat(world.journal(instance)).isEmpty();
  }

  /// If another process removed the record, it has done the work or wants the instance left alone.
  @Row
  @BothKinds
  void aRecordThatIsRemovedBeforeItIsClaimedIsNotSwept(Kind kind) {
    Instance instance = world.owner(kind).start("one=plain").die();
    world.spare("its child", world.ready("one"));

    SweepReport report = sweepWith(instance, () -> Files.delete(instance.record()));

    assertThat(report.stopped()).isZero();
    assertThat(report.isClean()).isTrue();
    assertThat(world.files()).noneMatch(name -> name.startsWith(instance.id()));
  }

  /// An unreadable record proves nothing. It is not taken for a missing one either.
  @Row
  @BothKinds
  void aRecordThatIsSpoiltBeforeItIsClaimedIsNotSwept(Kind kind) {
    Instance instance = world.owner(kind).start("one=plain").die();
    world.spare("its child", world.ready("one"));
    String torn = World.text(instance.record()).substring(0, 40);

    SweepReport report = sweepWith(instance, () -> replace(instance.record(), torn));

    assertThat(report.stopped()).isZero();
    assertThat(World.text(instance.record())).isEqualTo(torn);
  }
}
