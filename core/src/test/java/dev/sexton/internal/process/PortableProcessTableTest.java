package dev.sexton.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.hostile.GuardedProcessTable;
import dev.sexton.internal.process.ProcessReader.Interpreter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests what the JDK alone can tell about processes.
///
/// Anything it cannot tell is left alone.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PortableProcessTableTest {
  private final PortableProcessTable table = new PortableProcessTable();
  private final List<Process> spawned = new ArrayList<>();

  @AfterEach
  void end() {
    spawned.forEach(process -> process.destroyForcibly().onExit().join());
  }

  private ProcessInfo sleeper() throws IOException {
    Process process = new ProcessBuilder("sleep", "900").start();
    spawned.add(process);
    return present(process.pid());
  }

  private ProcessInfo present(long pid) {
    return table.find(pid) instanceof ProcessLookup.Present present
        ? present.process()
        : new ProcessInfo(
            0,
            StartTime.millis(0),
            ProcessInfo.Ancestry.UNKNOWN,
            ProcessInfo.State.ZOMBIE,
            ProcessInfo.Image.UNKNOWN);
  }

  @Test
  void itKnowsNoMoreThanItIsTold() throws IOException {
    ProcessInfo process = sleeper();
    assertThat(process.parent()).isEqualTo(table.self());
    assertThat(process.session()).isZero();
    assertThat(process.image().kernel()).isFalse();
    assertThat(table.mark(process)).isEqualTo(InstanceMarker.NONE);
    assertThat(table.residentBytes(process.pid())).isZero();
    assertThat(table.namespaceIsEmpty("", StartTime.millis(0))).isFalse();
    assertThat(table.seesWholeMachine()).isTrue();
    assertThat(table.snapshot().current(process)).isNotNull();
    assertThat(table.protectedPids())
        .contains(table.self(), ProcessHandle.current().parent().orElseThrow().pid());
    assertThat(table.find(Long.MAX_VALUE)).isEqualTo(new ProcessLookup.Absent());
    assertThat(table.interpreter(Long.MAX_VALUE)).isEqualTo(Interpreter.HIDDEN);
    assertThat(table.command(Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void itSignalsOnlyTheProcessThatIsMeant() throws IOException {
    ProcessInfo process = sleeper();
    ProcessInfo unknown = start(process, StartTime.millis(-1));
    ProcessInfo earlier = start(process, process.start().plus(-1000));
    assertThat(table.signal(unknown, Signal.KILL)).isEqualTo(SignalResult.DENIED);
    assertThat(table.signal(earlier, Signal.KILL)).isEqualTo(SignalResult.RECYCLED);
    assertThat(spawned.getFirst().isAlive()).isTrue();
    assertThat(table.signal(process, Signal.TERM)).isEqualTo(SignalResult.SENT);
    spawned.getFirst().onExit().join();
    assertThat(table.signal(process, Signal.TERM)).isEqualTo(SignalResult.GONE);
  }

  @Test
  void itSignalsNeitherInitNorGroupsNorItself() {
    for (long pid : new long[] {1, 0, -1, -table.self()}) {
      ProcessInfo target = ProcessInfo.identified(pid, StartTime.millis(5));
      assertThat(table.signal(target, Signal.TERM)).isEqualTo(SignalResult.DENIED);
    }
    assertThat(table.signal(present(table.self()), Signal.TERM)).isEqualTo(SignalResult.DENIED);
  }

  private static ProcessInfo start(ProcessInfo process, StartTime start) {
    return new ProcessInfo(
        process.pid(), start, process.ancestry(), ProcessInfo.State.RUNNING, process.image());
  }

  @Test
  void aSweepStopsWhatIsRecordedAndLeavesAloneWhatCannotBeSeen(@TempDir Path directory)
      throws IOException {
    GuardedProcessTable guarded = new GuardedProcessTable(table);
    try (DeadInstancesFixture graveyard =
        new DeadInstancesFixture(directory.resolve("state"), guarded)) {
      DeadInstancesFixture.Instance dead = graveyard.deadInstance();
      DeadInstancesFixture.Instance live = graveyard.liveInstance();
      ProcessBuilder marked = new ProcessBuilder("sleep", "900");
      marked
          .environment()
          .put("SEXTON_INSTANCE", DeadInstancesFixture.APPLICATION + ":" + dead.id());
      Process unseen = marked.start();
      spawned.add(unseen);

      var report = graveyard.sweep();

      assertThat(DeadInstancesFixture.of(report, dead.id()).record())
          .as("%s", report)
          .isEqualTo(RecordFate.REMOVED);
      assertThat(DeadInstancesFixture.of(report, live.id()).liveness()).isEqualTo(Liveness.ALIVE);
      assertThat(guarded.violations()).isEmpty();
      DeadInstancesFixture.awaitGone(dead.child());
      assertThat(unseen.isAlive()).isTrue();
    }
  }

  @Test
  void aRecordOfAnotherTableIsNotItsToJudge(@TempDir Path directory) throws IOException {
    String id;
    Process child;
    Path state = directory.resolve("state");
    try (DeadInstancesFixture linux = new DeadInstancesFixture(state)) {
      DeadInstancesFixture.Instance dead = linux.deadInstance();
      id = dead.id();
      child = dead.child();
      GuardedProcessTable guarded = new GuardedProcessTable(table);
      try (DeadInstancesFixture portable = new DeadInstancesFixture(state, guarded)) {
        InstanceReport report = DeadInstancesFixture.of(portable.sweep(), id);
        assertThat(report.liveness()).isEqualTo(Liveness.UNKNOWN);
        assertThat(report.reason())
            .isEqualTo(
                "it runs on another host ("
                    + linux.processes().machine().host()
                    + "): sweep there");
        assertThat(guarded.violations()).isEmpty();
        assertThat(child.isAlive()).isTrue();
      }
    }
  }

  @Test
  void aProgramIsToldByItsName(@TempDir Path directory) throws Exception {
    Map<String, Interpreter> names =
        Map.of(
            "python3.12", Interpreter.PYTHON,
            "Python", Interpreter.PYTHON,
            "pypy3", Interpreter.PYTHON,
            "sleepy", Interpreter.OTHER);
    for (Map.Entry<String, Interpreter> name : names.entrySet()) {
      Path program = Files.copy(Path.of("/bin/sleep"), directory.resolve(name.getKey()));
      Process process = new ProcessBuilder(program.toString(), "900").start();
      spawned.add(process);
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(table.interpreter(process.pid())).isEqualTo(name.getValue()));
    }
  }
}
