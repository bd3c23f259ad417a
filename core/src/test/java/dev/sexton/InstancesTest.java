package dev.sexton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.HeldResource.HeldProcess;
import dev.sexton.SweepReport.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests the part of the API that does what the command does, on real processes.
class InstancesTest {
  private static final String DEAD = "c01d2f9a-0000-4000-8000-000000000001";
  private static final String OTHER = "c01d2f9a-0000-4000-8000-000000000002";

  /// A PID that no kernel assigns.
  private static final long NOBODY = 2_000_000_000;

  @TempDir Path home;
  private Path state;
  private StateScope scope;

  @BeforeEach
  void nameTheDirectory() {
    state = home.resolve("state");
    scope = StateScope.of(Map.of("HOME", home.toString())).withStateDirectory(state);
  }

  private void leave(String id, long session) throws IOException {
    Path instances = Files.createDirectories(state.resolve("instances"));
    Files.writeString(
        instances.resolve(id + ".json"),
        """
        {"instance_id": "%s", "pid": %d, "started_at": "2026-01-01T00:00:00Z",
         "python_processes": {"session": %d}}
        """
            .formatted(id, NOBODY, session));
  }

  @Test
  void listsALiveInstanceWithWhatItHolds() throws Exception {
    try (InstanceTracker tracker =
        InstanceTracker.builder()
            .stateDirectory(state)
            .name("weather")
            .sweepOnRegister(false)
            .sentinel(false)
            .register()) {
      Process session = tracker.launch("map", new ProcessBuilder("sleep", "60"));

      InstanceInfo instance = Instances.in(scope).list().instances().getFirst();

      assertThat(instance.instanceId()).isEqualTo(tracker.instanceId());
      assertThat(instance.name()).isEqualTo("weather");
      assertThat(instance.liveness()).isEqualTo(Liveness.ALIVE);
      assertThat(instance.owner().pid()).isEqualTo(ProcessHandle.current().pid());
      assertThat(instance.resources())
          .singleElement()
          .isInstanceOfSatisfying(
              HeldProcess.class,
              process -> {
                assertThat(process.name()).isEqualTo("map");
                assertThat(process.pids()).containsExactly(session.pid());
                assertThat(process.residentBytes()).isPositive();
              });
      assertThat(instance.residentBytes()).isPositive();
    }
  }

  @Test
  void findsInstancesByTheBeginningOfTheirUuid() throws IOException {
    leave(DEAD, NOBODY + 1);
    leave(OTHER, NOBODY + 1);
    Files.writeString(state.resolve("instances/notes.json"), "{}");

    assertThat(Instances.in(scope).find(DEAD)).containsExactly(DEAD);
    assertThat(Instances.in(scope).find("c01d2f9a")).containsExactlyInAnyOrder(DEAD, OTHER);
    assertThat(Instances.in(scope).find("no")).isEmpty();
  }

  @Test
  void stoppingADeadInstanceSweepsItAndTheHistoryHasIt() throws Exception {
    leave(DEAD, NOBODY + 1);
    InstanceInfo dead = Instances.in(scope).list().instances().getFirst();

    StopReport report = Instances.in(scope).stop(dead, Duration.ofSeconds(1));

    assertThat(report.isDone()).isTrue();
    assertThat(report.owner().outcome()).isEqualTo(Outcome.GONE);
    assertThat(state.resolve("instances")).isEmptyDirectory();
    assertThat(ReportJson.of(report)).containsEntry("instance_id", DEAD).containsEntry("left", 0);
  }

  @Test
  void neverStopsTheProcessThatAsks() throws Exception {
    try (InstanceTracker tracker =
        InstanceTracker.builder()
            .stateDirectory(state)
            .sweepOnRegister(false)
            .sentinel(false)
            .register()) {
      InstanceInfo own = Instances.in(scope).list().instances().getFirst();

      StopReport report = Instances.in(scope).stop(own, Duration.ZERO);

      assertThat(own.instanceId()).isEqualTo(tracker.instanceId());
      assertThat(report.isDone()).isFalse();
      assertThat(report.owner().outcome()).isEqualTo(Outcome.DENIED);
    }
  }

  @Test
  void theFollowerOfTheHistorySeesWhatIsWrittenLater() throws IOException {
    Files.createDirectories(state.resolve("instances"));
    History.Follower follower = History.follow(scope);
    assertThat(follower.read()).isEmpty();
    Files.writeString(
        state.resolve("journal.jsonl"),
        """
        {"at":"2026-01-01T00:00:00Z","sweeper":{"pid":1,"command":"x"},"application":"mcp",\
        "instance_id":"%s","kind":"container","name":"web","id":"abc","reason":"r",\
        "outcome":"KILLED","millis":5}
        """
            .formatted(DEAD));

    assertThat(follower.read()).extracting(HistoryEntry::name).containsExactly("web");
    assertThat(follower.read()).isEmpty();
    assertThat(History.read(scope).entries()).extracting(HistoryEntry::id).containsExactly("abc");
  }

  @Test
  void aReportWithoutAUsableDirectoryIsMeaningless() throws IOException {
    leave(DEAD, NOBODY + 1);
    Problem problem = new Problem(state, "it cannot be read");

    assertThat(scope.fatal(List.of())).isNull();
    assertThat(scope.fatal(List.of(problem))).isNull(); // It can be listed and is trusted.
    Files.delete(state.resolve("instances/" + DEAD + ".json"));
    Files.delete(state.resolve("instances"));
    Files.writeString(state.resolve("instances"), "no directory");
    assertThat(scope.fatal(List.of(problem))).isEqualTo(problem);
    assertThat(scope.isComplete(List.of(problem))).isFalse();
    Problem noProcesses = new Problem(Path.of("/proc"), "it belongs to another namespace");
    assertThat(scope.fatal(List.of(noProcesses))).isEqualTo(noProcesses);
  }

  @Test
  void aScopeRejectsWhatIsNoNameAndNoPattern() {
    assertThatThrownBy(() -> scope.withApplications(List.of("../etc")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> scope.withKeep(List.of("")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> StateScope.path("a\uFFFDb")).isInstanceOf(InvalidPathException.class);
  }
}
