package dev.sexton.internal.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.Platform;
import dev.sexton.internal.instance.TrackedProcesses.Change;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.record.RecordReader;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TrackedProcessesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final ProcessTable processes = Platform.processes(false);
  private final TrackedProcesses tracked = new TrackedProcesses(processes);

  private ProcessIdentity process(long pid) {
    return new ProcessIdentity(processes.machine(), pid, 1);
  }

  @Test
  void countsChangesAndOnlyChanges() {
    assertThat(tracked.track("a", process(7), NOW)).isEqualTo(new Change(1, 1));
    assertThat(tracked.untrack("b")).isEqualTo(Change.NONE);
    assertThat(tracked.useContainers()).isEqualTo(new Change(2, 1));
    assertThat(tracked.useContainers()).isEqualTo(Change.NONE);
    assertThat(tracked.untrack("a")).isEqualTo(new Change(3, 0));
    assertThat(tracked.version()).isEqualTo(3);
  }

  @Test
  void aNameThatBelongsToAnotherProcessStays() {
    var _ = tracked.track("a", process(7), NOW);
    var _ = tracked.track("a", process(8), NOW);

    assertThat(tracked.untrack("a", process(7))).isEqualTo(Change.NONE);
    assertThat(tracked.copy()).hasEntrySatisfying("a", it -> assertThat(it.pid()).isEqualTo(8));
    assertThat(tracked.untrack("a", process(8)).size()).isZero();
  }

  @Test
  void tracksNoMoreThanAReaderAccepts() {
    for (int i = 0; i < RecordReader.MAX_PROCESSES; i++) {
      var _ = tracked.track("s" + i, process(7), NOW);
    }

    assertThat(tracked.track("one more", process(7), NOW)).isEqualTo(Change.NONE);
    assertThat(tracked.track("s0", process(8), NOW)).isNotEqualTo(Change.NONE);
  }

  @Test
  void aSnapshotHasTheCommandsOfProcesses() {
    long self = ProcessHandle.current().pid();
    var _ = tracked.track("self", process(self), NOW);

    TrackedProcesses.Snapshot snapshot = tracked.snapshot();

    assertThat(snapshot.version()).isEqualTo(1);
    assertThat(snapshot.processes())
        .hasEntrySatisfying("self", it -> assertThat(it.command()).contains("java"));
    assertThat(tracked.copy()).isEqualTo(snapshot.processes());
  }

  @Test
  void waitsForAChangeAtMostAsLongAsTheLimit() throws InterruptedException {
    var _ = tracked.changed();

    tracked.awaitChange(0, Duration.ZERO); // There was a change after version 0.
    tracked.awaitChange(1, Duration.ofMillis(1));

    assertThat(tracked.version()).isEqualTo(1);
  }
}
