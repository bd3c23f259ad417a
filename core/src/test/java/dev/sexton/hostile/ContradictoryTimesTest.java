package dev.sexton.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.ResourceReport;
import dev.sexton.internal.process.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Records whose times contradict each other, and records of other boots.
///
/// The processes they name are spared, and no record is removed while its process lives.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContradictoryTimesTest extends DeadInstancesTestBase {
  private final String id = UUID.randomUUID().toString();

  /// Writes a record in the original's form.
  private Path write(Process child, Instant startedAt) throws IOException {
    return Files.writeString(
        graveyard.file(id + ".json"),
        "{\"instance_id\": \"%s\", \"pid\": %d, \"started_at\": \"%s\", \"python_processes\": {\"a\": %d}}"
            .formatted(id, graveyard.dead().pid(), startedAt, child.pid()));
  }

  private InstanceReport sweep() {
    return DeadInstancesFixture.of(graveyard.sweep(), id);
  }

  private void expectSpared(Process child) {
    for (int attempt = 0; attempt < 2; attempt++) { // The second attempt finds a tombstone.
      InstanceReport report = sweep();
      assertThat(report.liveness()).isEqualTo(Liveness.DEAD);
      assertThat(report.resources())
          .extracting(ResourceReport::outcome)
          .containsExactly(Outcome.DENIED);
      assertThat(report.record()).isEqualTo(RecordFate.KEPT);
      assertThat(child.isAlive()).isTrue();
    }
    child.destroyForcibly().onExit().join();
    assertThat(sweep().record()).isEqualTo(RecordFate.REMOVED);
  }

  @Test
  void aStartThatIsLaterThanTheFileIsNoStart() throws IOException {
    Process child = graveyard.sleeper();
    write(child, Instant.now().plus(Duration.ofHours(3)));

    expectSpared(child);
  }

  @Test
  void aProcessThatIsOlderThanItsInstanceHasNoReusedId() throws IOException {
    Process child = graveyard.sleeper();
    Path file = write(child, Instant.now().plus(Duration.ofMinutes(30)));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plus(Duration.ofMinutes(40))));

    expectSpared(child);
  }

  @Test
  void aRecordFromTheFutureProvesNothingOfWhatStartedSince() throws IOException {
    Process child = graveyard.sleeper();
    Path file = write(child, Instant.parse("2001-01-01T00:00:00Z"));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plus(Duration.ofHours(1))));

    expectSpared(child);
  }

  @Test
  void unitsThatContradictEachOtherProveNothing() throws IOException {
    DeadInstancesFixture.Instance instance = graveyard.deadInstance();
    graveyard.edit(
        instance, record -> record.replaceAll("\"started_units\": \\d+", "\"started_units\": 1"));

    InstanceReport report = DeadInstancesFixture.of(graveyard.sweep(), instance.id());

    assertThat(report.resources())
        .extracting(ResourceReport::outcome)
        .containsExactly(Outcome.DENIED);
    assertThat(report.record()).isEqualTo(RecordFate.KEPT);
    assertThat(instance.child().isAlive()).isTrue();
  }

  private Path writeOfAnotherBoot() throws IOException {
    Machine here = graveyard.processes().machine();
    return Files.writeString(
        graveyard.file(id + ".json"),
        """
        {"instance_id": "%s", "pid": 4711, "started_at": "2001-01-01T00:00:00Z",
         "python_processes": {}, "schema": 1, "owner": {"host": "%s", "boot": "%s",
         "pid_namespace": "%s", "unit": "ticks", "pid": 4711, "start": 1, "lock": true},
         "started_units": 2, "written_units": 2, "containers": false, "processes": {}}
        """
            .formatted(id, here.host(), UUID.randomUUID(), here.pidNamespace()));
  }

  @Test
  void aRecordOfAnotherBootThatWasWrittenInThisOneIsAnotherMachines() throws IOException {
    Path file = writeOfAnotherBoot();

    assertThat(sweep().liveness()).isEqualTo(Liveness.UNKNOWN);
    assertThat(file).exists();
  }

  @Test
  void aRecordOfAnotherBootThatIsOlderThanThisOneIsDead() throws IOException {
    Path file = writeOfAnotherBoot();
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2001-01-02T00:00:00Z")));

    assertThat(sweep().liveness()).isEqualTo(Liveness.DEAD);
    assertThat(file).doesNotExist();
  }
}
