package dev.sexton.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceTracker;
import dev.sexton.Liveness;
import dev.sexton.SweepReport;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReapTest {
  @TempDir Path state;

  @Test
  void givesUpOnAnOwnerThatLives() {
    try (InstanceTracker instance =
        InstanceTracker.builder()
            .stateDirectory(state)
            .sweepOnRegister(false)
            .sentinel(false)
            .closeOnShutdown(false)
            .register()) {
      SweepReport report = Reap.reap(Map.of(), instance.instanceId(), state);
      assertThat(report.count(Liveness.ALIVE)).isEqualTo(1);
      assertThat(Reap.isDone(report)).isFalse();
      assertThat(instance.instanceFile()).exists();
    }
  }

  @Test
  void hasNothingToDoWhereThereIsNoRecord() {
    SweepReport report = Reap.reap(Map.of(), "00000000-0000-4000-8000-000000000001", state);
    assertThat(Reap.isDone(report)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1-1-1-1-1", "../../etc/passwd", "00000000-0000-4000-8000-00000000000g"})
  void takesNothingButUuids(String id) {
    assertThat(Reap.isInstanceId(id)).isFalse();
  }
}
