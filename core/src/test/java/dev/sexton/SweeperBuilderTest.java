package dev.sexton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.record.RecordWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SweeperBuilderTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", ".hidden", "a/b", "../x", "a b", "a\nb", "a\0b", "\u00fc", "a:b"})
  void anApplicationsNameIsNoPath(String name) {
    for (var set :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            () -> Sweeper.builder().application(name),
            () -> InstanceTracker.builder().application(name))) {
      assertThatThrownBy(set)
          .isExactlyInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "not an application name: use at most 100 letters, digits, dots, dashes and"
                  + " underscores, and do not begin with a dot");
    }
  }

  @Test
  void anApplicationsNameIsAtMost100Long() {
    assertThat(Sweeper.builder().application("a".repeat(100))).isNotNull();
    assertThatThrownBy(() -> Sweeper.builder().application("a".repeat(101)))
        .isExactlyInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "!", "a\nb"})
  void whatIsKeptIsAPattern(String pattern) {
    for (var set :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            () -> Sweeper.builder().keep(pattern), () -> InstanceTracker.builder().keep(pattern))) {
      assertThatThrownBy(set)
          .isExactlyInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("a keep pattern ");
    }
  }

  @Test
  void aRecordHoldsAsManyPatternsAsItsReaderTakes() {
    InstanceTracker.Builder builder = InstanceTracker.builder();
    for (int i = 0; i < 64; i++) {
      builder.keep("p" + i);
    }
    assertThatThrownBy(() -> builder.keep("one more"))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("a record has at most 64 keep patterns: combine several with *");
  }

  @Test
  void theGraceIsNotNegative() {
    assertThatThrownBy(() -> Sweeper.builder().grace(Duration.ofMillis(-1)))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("the grace period must not be negative: PT-0.001S");
  }

  @Test
  void nothingIsAssumedDeadWithoutBeingNamed() {
    assertThatThrownBy(() -> Sweeper.builder().assumeDead(true).build())
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("assumeDead applies only to named instances: name them");
    assertThat(Sweeper.builder().assumeDead(true).instance("x").build()).isNotNull();
  }

  @Test
  void aBuilderThatIsUsedOnChangesNoSweeper(@TempDir Path directory) {
    Sweeper.Builder builder =
        Sweeper.builder()
            .environment(Map.of("HOME", directory.toString()))
            .providers(List.of())
            .dryRun(true);
    Sweeper sweeper = builder.build();
    builder.dryRun(false).stateDirectory(Path.of("/nowhere"));
    assertThat(sweeper.sweep().dryRun()).isTrue();
  }

  /// Returns a builder of a sweep of one directory, which looks at no engine.
  private static Sweeper.Builder builder(Path directory) {
    return Sweeper.builder().stateDirectory(directory).providers(List.of());
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE / 1_000_000_000, 1_000_000_000_000L})
  void aGraceWithoutEndEndsWithTheProcesses(long seconds, @TempDir Path directory)
      throws Exception {
    try (DeadInstancesFixture graveyard = new DeadInstancesFixture(directory)) {
      DeadInstancesFixture.Instance dead = graveyard.deadInstance();
      SweepReport report =
          builder(directory)
              .application(DeadInstancesFixture.APPLICATION)
              .grace(Duration.ofSeconds(seconds))
              .build()
              .sweep();
      assertThat(DeadInstancesFixture.of(report, dead.id()).resources())
          .extracting(ResourceReport::outcome)
          .as("asked, not forced")
          .containsExactly(Outcome.STOPPED);
    }
  }

  @Test
  void onlyTheNamedInstanceIsSwept(@TempDir Path directory) throws Exception {
    try (DeadInstancesFixture graveyard = new DeadInstancesFixture(directory)) {
      DeadInstancesFixture.Instance one = graveyard.deadInstance();
      DeadInstancesFixture.Instance other = graveyard.deadInstance();
      SweepReport report =
          builder(directory)
              .instance(one.id())
              .instance("../instances/" + other.id())
              .build()
              .sweep();
      assertThat(report.instances())
          .extracting(InstanceReport::instanceId)
          .containsExactly(one.id());
      DeadInstancesFixture.awaitGone(one.child());
      assertThat(other.child().isAlive()).isTrue();
    }
  }

  @Test
  void whatLivesIsNotAssumedDead(@TempDir Path directory) throws Exception {
    try (DeadInstancesFixture graveyard = new DeadInstancesFixture(directory)) {
      DeadInstancesFixture.Instance live = graveyard.liveInstance();
      SweepReport report = builder(directory).instance(live.id()).assumeDead(true).build().sweep();
      assertThat(DeadInstancesFixture.of(report, live.id()).liveness()).isEqualTo(Liveness.ALIVE);
      assertThat(live.child().isAlive()).isTrue();
    }
  }

  @Test
  void aDryRunTouchesNothing(@TempDir Path directory) throws Exception {
    try (DeadInstancesFixture graveyard = new DeadInstancesFixture(directory)) {
      DeadInstancesFixture.Instance dead = graveyard.deadInstance();
      ProcessIdentity child = graveyard.identity(dead.child().pid());
      byte[] before = Files.readAllBytes(graveyard.file(dead.id() + ".json"));
      Files.writeString(graveyard.file("torn.json"), "{");
      DeadInstancesFixture.settle(graveyard.file("torn.json"));
      SweepReport report =
          Sweeper.builder()
              .stateDirectory(directory)
              .providers(List.of())
              .dryRun(true)
              .build()
              .sweep();
      assertThat(DeadInstancesFixture.of(report, dead.id()).resources())
          .extracting(ResourceReport::outcome)
          .containsExactly(Outcome.WOULD_STOP);
      assertThat(graveyard.identity(dead.child().pid())).isEqualTo(child);
      assertThat(graveyard.names()).containsExactlyInAnyOrder(dead.id() + ".json", "torn.json");
      assertThat(graveyard.file(dead.id() + ".json")).hasBinaryContent(before);
      assertThat(before)
          .isEqualTo(
              RecordWriter.write(dev.sexton.internal.record.RecordReader.read(before, "record")));
    }
  }
}
