package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.Outcome;
import dev.sexton.ResourceReport.ProcessReport;
import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.hostile.DeadInstancesTestBase;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessInfo.State;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tests the outcomes of a tree, and which processes count as part of it.
class TreeBeingStoppedTest extends DeadInstancesTestBase {
  private static final ProcessInfo ROOT = process(10, 1);
  private static final ProcessInfo CHILD = process(11, 10);
  private static final ProcessInfo SPARED = process(12, 10);
  private static final ProcessInfo LATER = ProcessInfo.identified(10, StartTime.ticks(99));
  private static final ProcessSnapshot NOTHING = new ProcessSnapshot(List.of());

  private TreeBeingStopped tree;

  private static ProcessInfo process(long pid, long parent) {
    return new ProcessInfo(
        pid,
        StartTime.ticks(pid),
        new ProcessInfo.Ancestry(parent, 10),
        State.RUNNING,
        ProcessInfo.Image.UNKNOWN);
  }

  private static ProcessSnapshot left(ProcessInfo... processes) {
    return new ProcessSnapshot(List.of(processes));
  }

  @BeforeEach
  void grow() throws IOException {
    Process owner = graveyard.sleeper();
    ObservedInstance instance =
        new ObservedInstance(
            graveyard.directory(),
            graveyard.record(
                new DeadInstancesFixture.Instance(
                    "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d11", owner, graveyard.sleeper()),
                graveyard.identity(owner.pid())),
            new StateDirectory.Content(new byte[0], Instant.EPOCH, false),
            null,
            Verdict.dead("test"));
    tree =
        new TreeBeingStopped(
            new ProcessTree(
                instance,
                new ProcessTree.Root(ROOT, "db", "recorded"),
                List.of(ROOT, CHILD),
                List.of(new ProcessTree.Spared(SPARED, "it is special"))),
            0);
  }

  private void assertOutcome(ProcessSnapshot last, Outcome outcome, String reason) {
    ResourceResult result = tree.result(last, 7);
    assertThat(result.report().outcome()).isEqualTo(outcome);
    assertThat(result.report().reason()).isEqualTo(reason);
    assertThat(result.report())
        .isInstanceOfSatisfying(
            ProcessReport.class, report -> assertThat(report.pids()).containsExactly(10L, 11L));
  }

  @Test
  void aTreeThatEndsWhenAskedIsStopped() {
    assertOutcome(NOTHING, Outcome.STOPPED, "recorded");
  }

  @Test
  void aTreeThatIgnoresSigtermIsKilled() {
    tree.force();
    assertOutcome(NOTHING, Outcome.KILLED, "recorded; ignored SIGTERM");
  }

  @Test
  void aTreeThatRanAwayIsKilledAndWasNotAsked() {
    tree.name(new NamedProcess(10, StartTime.ticks(10), "sh"));
    tree.force();
    tree.catchAll();
    assertOutcome(NOTHING, Outcome.KILLED, "recorded");
    assertThat(tree.result(NOTHING, 0).signalled())
        .containsExactly(new NamedProcess(10, StartTime.ticks(10), "sh"));
  }

  @Test
  void aSparedDescendantPreventsSuccess() {
    assertOutcome(left(SPARED), Outcome.DENIED, "process 12 was left alone: it is special");
    assertThat(tree.result(left(SPARED), 0).remaining()).containsExactly(SPARED);
  }

  @Test
  void aProcessThatSurvivesSigkillIsReportedFirst() {
    assertOutcome(
        left(CHILD, SPARED),
        Outcome.FAILED,
        "process 11 still exists after SIGKILL: it is stuck in the kernel");
    assertThat(tree.result(left(CHILD, SPARED), 0).remaining()).containsExactly(CHILD, SPARED);
  }

  @Test
  void theFirstEndCounts() {
    assertThat(tree.result(NOTHING, 7).report().millis()).isEqualTo(7);
    tree.ended(3);
    tree.ended(5);
    assertThat(tree.result(NOTHING, 7).report().millis()).isEqualTo(3);
  }

  @Test
  void aLaterProcessWithThePidOfAMemberIsNotKnown() {
    assertThat(tree.isKnown(ROOT)).isTrue();
    assertThat(tree.isKnown(LATER)).isFalse();
    assertThat(tree.isToStop(LATER)).isFalse();
    assertThat(tree.alive(left(LATER))).isEmpty();
    tree.name(new NamedProcess(10, StartTime.ticks(10), "sh"));
    assertThat(tree.named(LATER)).isNull();
  }

  @Test
  void aSparedOrKeptProcessIsKnownAndNotStopped() {
    ProcessInfo kept = process(13, 10);
    assertThat(tree.isKnown(kept)).isFalse();
    tree.keep(kept);
    tree.spare(CHILD, "not permitted to signal it");
    for (ProcessInfo process : List.of(kept, CHILD, SPARED)) {
      assertThat(tree.isKnown(process)).isTrue();
      assertThat(tree.isToStop(process)).isFalse();
    }
    assertThat(tree.isToStop(ROOT)).isTrue();
    assertThat(tree.alive(left(ROOT, CHILD, kept, SPARED))).containsExactly(ROOT);
  }

  @Test
  void aSessionIsHeldOpenByAKnownProcessOnly() {
    assertThat(tree.isHeldOpen(10, left(CHILD))).isTrue();
    assertThat(tree.isHeldOpen(10, left(SPARED))).isTrue();
    assertThat(tree.isHeldOpen(10, left(process(14, 10)))).isFalse();
    assertThat(tree.isHeldOpen(10, left(LATER))).isFalse();
  }
}
