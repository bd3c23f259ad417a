package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.lock.FileInstanceLocks;
import dev.sexton.internal.process.ControlGroups;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.StartTime;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests what a check of a control group reveals about the processes that the kernel lists there.
class GroupMembersTest {
  private static final long PID = 4_194_303;

  /// Returns a machine with one control group.
  ///
  /// Its only member has this state when it is looked up.
  private static ProcessTable table(ProcessTable real, ProcessInfo.State state) {
    ControlGroups groups =
        (ControlGroups)
            Proxy.newProxyInstance(
                ControlGroups.class.getClassLoader(),
                new Class<?>[] {ControlGroups.class},
                (proxy, method, arguments) ->
                    method.getReturnType() == boolean.class ? true : Set.of(PID));
    ProcessInfo member =
        new ProcessInfo(
            PID,
            StartTime.ticks(1),
            new ProcessInfo.Ancestry(1, PID),
            state,
            ProcessInfo.Image.UNKNOWN);
    return (ProcessTable)
        Proxy.newProxyInstance(
            ProcessTable.class.getClassLoader(),
            new Class<?>[] {ProcessTable.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "controlGroups" -> groups;
                  case "find" -> new ProcessLookup.Present(member);
                  default -> method.invoke(real, arguments);
                });
  }

  private static ProcessView.GroupMembers look(Path directory, ProcessInfo.State state)
      throws Exception {
    try (DeadInstancesFixture fixture = new DeadInstancesFixture(directory.resolve("state"))) {
      ProcessTable table = table(fixture.processes(), state);
      Ports ports =
          new Ports(
              table, new FileInstanceLocks(), List.of(), new SystemClock(), new ThreadWorkers());
      SweepRequest request =
          SweepRequest.of(List.of(fixture.directory()))
              .everywhere(true)
              .grace(Duration.ZERO)
              .build();
      LiveInstances live = new LiveInstances(ports, new LivenessRules(), List.of(), List.of());
      SparingContext context = SparingContext.of(ports, request, live, new SparingRules());
      return new ProcessView(table, context).membersOf("/group", true);
    }
  }

  @Test
  void aLiveMemberIsSeen(@TempDir Path directory) throws Exception {
    ProcessView.GroupMembers found = look(directory, ProcessInfo.State.RUNNING);
    assertThat(found.seen()).hasSize(1);
    assertThat(found.missed()).isFalse();
  }

  /// Where orphans are reaped late, a process that repeatedly hands over to a child and ends is
  /// always found as a zombie.
  @Test
  void aMemberThatIsAZombieByNowWasMissed(@TempDir Path directory) throws Exception {
    ProcessView.GroupMembers found = look(directory, ProcessInfo.State.ZOMBIE);
    assertThat(found.seen()).isEmpty();
    assertThat(found.missed()).isTrue();
  }
}
