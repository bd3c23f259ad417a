package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.SweepReport;
import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.internal.lock.FileInstanceLocks;
import dev.sexton.internal.lock.InstanceLocks.Held;
import dev.sexton.internal.sweep.Ports.SweepClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Sweeps beside another sweeper that holds its lock for as long as the test requires.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PatientSweepTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private DeadInstancesFixture graveyard;
  private DeadInstancesFixture.Instance dead;
  private Held other;

  @BeforeEach
  void prepare(@TempDir Path directory) throws IOException {
    graveyard = new DeadInstancesFixture(directory.resolve("state"));
    dead = graveyard.deadInstance();
    Path lock = graveyard.directory().lockFile(dead.id());
    other = Objects.requireNonNull(new FileInstanceLocks().lockAsSweeper(lock));
  }

  @AfterEach
  void cleanUp() {
    other.close();
    graveyard.close();
  }

  /// Sweeps, and runs the action when the sweep waits for the first time.
  private SweepReport sweep(Duration patience, Runnable atFirstPause) {
    SystemClock real = new SystemClock();
    SweepClock clock =
        new SweepClock() {
          private boolean paused;

          @Override
          public long nanoTime() {
            return real.nanoTime();
          }

          @Override
          public void sleep(Duration duration) {
            if (!paused) {
              paused = true;
              atFirstPause.run();
            }
            real.sleep(duration);
          }
        };
    Ports ports =
        new Ports(
            graveyard.processes(), new FileInstanceLocks(), List.of(), clock, new ThreadWorkers());
    SweepRequest request =
        SweepRequest.of(List.of(graveyard.directory()))
            .everywhere(true)
            .grace(Duration.ofMillis(500))
            .build();
    SweepReport report = PatientSweep.run(ports, request, patience);
    assertThat(graveyard.processes().violations()).isEmpty();
    return report;
  }

  private InstanceReport only(SweepReport report) {
    assertThat(report.instances()).hasSize(1);
    return DeadInstancesFixture.of(report, dead.id());
  }

  @Test
  void whatTheOtherFinishesIsDone() {
    SweepReport report =
        sweep(
            LONG,
            () -> {
              try {
                graveyard.directory().delete(dead.id() + ".json");
              } catch (IOException failed) {
                throw new UncheckedIOException(failed);
              }
              other.close();
            });

    assertThat(only(report).record()).isEqualTo(RecordFate.REMOVED);
    assertThat(only(report).reason()).isEqualTo("another sweeper has swept it");
    assertThat(report.isClean()).isTrue();
  }

  @Test
  void whatTheOtherLeavesIsSwept() {
    SweepReport report = sweep(LONG, other::close);

    assertThat(only(report).record()).isEqualTo(RecordFate.REMOVED);
    assertThat(only(report).resources()).hasSize(1);
    DeadInstancesFixture.awaitGone(dead.child());
  }

  @Test
  void whatTheOtherKeepsIsNotDone() throws IOException {
    SweepReport report = sweep(Duration.ofMillis(100), () -> {});

    assertThat(only(report).isBusy()).isTrue();
    assertThat(report.isClean()).isFalse();
    assertThat(only(report).reason()).contains("another sweep of this program");
    assertThat(dead.child().isAlive()).isTrue();
    assertThat(graveyard.names()).contains(dead.id() + ".json");
  }

  @Test
  void withoutPatienceNothingIsAwaited() {
    SweepReport report =
        sweep(
            Duration.ZERO,
            () -> {
              throw new AssertionError("it waits");
            });

    assertThat(only(report).isBusy()).isTrue();
  }
}
