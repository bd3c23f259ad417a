package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.sexton.Outcome;
import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.hostile.DeadInstancesTestBase;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.process.ControlGroups;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessInfo.State;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.ProgramInfo;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.Tombstone;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.ProcessPlanner.Plan;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tests each kind of evidence by which a plan finds processes, on a process table of invented
/// processes. Their PIDs are larger than any that the kernel gives.
class ProcessPlannerTest extends DeadInstancesTestBase {
  private static final long A = 4_200_000;
  private static final long B = 4_200_001;
  private static final long C = 4_200_002;
  private static final User USER = new User(1000, "user");

  private final List<ProcessInfo> processes = new ArrayList<>();
  private final Set<Long> marked = new HashSet<>();
  private final Map<String, TrackedProcess> recorded = new LinkedHashMap<>();
  private final Map<String, ProcessInfo> firstSeen = new HashMap<>();
  private ProcessIdentity owner;
  private InstanceRecord record;
  private Ending ending = Ending.UNSEEN;
  private @Nullable Tombstone tombstone;

  /// The time of the owner's last write, in ticks after its start.
  private long wrote;

  @BeforeEach
  void die() throws IOException {
    Process process = graveyard.sleeper();
    owner = graveyard.identity(process.pid());
    record =
        graveyard.record(
            new DeadInstancesFixture.Instance(
                "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d11", process, graveyard.sleeper()),
            owner);
  }

  /// Adds a process that started this many ticks after the owner.
  private ProcessInfo process(long pid, long parent, long session, long after) {
    ProcessInfo process =
        new ProcessInfo(
            pid,
            owner.start().plus(after),
            new ProcessInfo.Ancestry(parent, session),
            State.RUNNING,
            ProcessInfo.Image.UNKNOWN);
    processes.add(process);
    return process;
  }

  private void recorded(String name, long pid, long after) {
    ProcessIdentity identity = new ProcessIdentity(owner.machine(), pid, owner.start().plus(after));
    recorded.put(name, new TrackedProcess(pid, identity, "", ""));
  }

  private ProcessReader table() {
    ProcessSnapshot snapshot = new ProcessSnapshot(processes);
    ObservedInstance instance = instance();
    return (ProcessReader)
        Proxy.newProxyInstance(
            ProcessReader.class.getClassLoader(),
            new Class<?>[] {ProcessReader.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "snapshot" -> snapshot;
                  case "find" -> {
                    ProcessInfo found = snapshot.find((long) arguments[0]);
                    yield found == null
                        ? new ProcessLookup.Absent()
                        : new ProcessLookup.Present(found);
                  }
                  case "user" -> USER;
                  case "mark" ->
                      new InstanceMarker(
                          marked.contains(((ProcessInfo) arguments[0]).pid())
                              ? instance.mark()
                              : null,
                          false);
                  case "isKnownUnmarked" -> false;
                  case "program" -> new ProgramInfo("/usr/bin/x", List.of("x"), "x");
                  case "systemdUnit" -> null;
                  case "controlGroups" -> ControlGroups.NONE;
                  default -> method.invoke(graveyard.processes(), arguments);
                });
  }

  private ObservedInstance instance() {
    return new ObservedInstance(
        graveyard.directory(),
        record.rewritten(
            owner.start().plus(wrote), ContainerUse.UNUSED, recorded, tombstone, new JsonObject()),
        new StateDirectory.Content(new byte[0], Instant.now(), false),
        USER,
        Verdict.dead("test"));
  }

  private Plan plan() {
    LiveInstances live =
        new LiveInstances(graveyard.ports(List.of()), new LivenessRules(), List.of(), List.of());
    SparingContext context =
        new SparingContext(new SparingRules(), KeepSource.defaults(), live, Set.of());
    return ProcessPlanner.plan(instance(), new ProcessView(table(), context), ending, firstSeen);
  }

  private void assertTrees(Plan plan, String... expected) {
    assertThat(plan.trees())
        .extracting(
            tree -> tree.name() + " " + tree.members().stream().map(ProcessInfo::pid).toList())
        .containsExactly(expected);
  }

  private void assertNothing(Outcome outcome, String reason) {
    Plan plan = plan();
    assertThat(plan.trees()).isEmpty();
    assertThat(plan.settled())
        .extracting(one -> one.report().outcome() + ": " + one.report().reason())
        .containsExactly(outcome + ": " + reason);
  }

  @Test
  void aRecordedProcessIsStoppedWithItsDescendants() {
    recorded("db", A, 1);
    process(A, 1, A, 1);
    process(B, A, A, 2);
    process(C, B, C, 3);
    Plan plan = plan();
    assertTrees(plan, "db [" + A + ", " + B + ", " + C + "]");
    assertThat(plan.settled()).isEmpty();
  }

  @Test
  void aRecordedProcessThatEndedIsGone() {
    recorded("db", A, 1);
    assertNothing(Outcome.GONE, "no such process");
  }

  @Test
  void aLaterProcessWithARecordedPidIsNotTheInstances() {
    recorded("db", A, 1);
    process(A, 1, A, 2);
    assertNothing(Outcome.RECYCLED, "the PID now belongs to another process");
  }

  @Test
  void aRecordedProcessThatIsOlderThanTheInstanceIsNotItsOwn() {
    recorded("db", A, -1);
    process(A, 1, A, -1);
    assertNothing(Outcome.RECYCLED, "the process is older than the instance");
  }

  @Test
  void aBarePidIsBoundToTheProcessOfTheFirstCheck() {
    recorded.put("db", new TrackedProcess(A, null, "", ""));
    process(A, 1, A, 1);
    assertTrees(plan(), "db [" + A + "]");
    processes.clear();
    process(A, 1, A, 2);
    assertNothing(Outcome.RECYCLED, "the PID was given to another process after this sweep began");
  }

  @Test
  void aMarkedProcessIsStoppedUnlessItIsOlder() {
    process(A, 1, A, 1);
    process(B, 1, B, -1);
    marked.addAll(List.of(A, B));
    assertTrees(plan(), "(marked) [" + A + "]");
  }

  @Test
  void aFoundProcessBelowARecordedOneIsPartOfItsTree() {
    recorded("db", A, 1);
    process(A, 1, A, 1);
    process(B, A, A, 2);
    marked.add(B);
    assertTrees(plan(), "db [" + A + ", " + B + "]");
  }

  @Test
  void aRecordedProcessBelowAFoundOneHasATreeOfItsOwn() {
    recorded("db", B, 2);
    process(A, 1, A, 1);
    process(B, A, A, 2);
    marked.add(A);
    assertTrees(plan(), "db [" + B + "]", "(marked) [" + A + "]");
  }

  @Test
  void aSeenDescendantIsFoundAgain() {
    ending = new Ending(null, List.of(process(A, 1, A, 1)), false);
    assertTrees(plan(), InstanceRecord.DESCENDANT + " [" + A + "]");
  }

  @Test
  void aSessionIsTheOwnersIfAMemberStartedBeforeTheLastWrite() {
    wrote = 1;
    process(A, 1, owner.pid(), 1);
    process(B, 1, owner.pid(), 2);
    assertTrees(plan(), "(session) [" + A + "]", "(session) [" + B + "]");
  }

  @Test
  void aSessionIsTheOwnersIfAMemberIsMarked() {
    process(A, 1, owner.pid(), 1);
    process(B, 1, owner.pid(), 2);
    marked.add(B);
    assertTrees(plan(), "(marked) [" + B + "]", "(session) [" + A + "]");
  }

  @Test
  void aSessionIsTheOwnersIfTheOwnerWasSeenDying() {
    process(A, 1, owner.pid(), 1);
    ending = new Ending(ProcessInfo.identified(owner.pid(), owner.start()), List.of(), false);
    assertTrees(plan(), "(session) [" + A + "]");
  }

  @Test
  void aDyingProcessThatWasNotTheOwnerProvesNothing() {
    process(A, 1, owner.pid(), 1);
    ending =
        new Ending(ProcessInfo.identified(owner.pid(), owner.start().plus(1)), List.of(), false);
    assertThat(plan().trees()).isEmpty();
  }

  @Test
  void aSessionThatSomeoneLeadsIsALaterOne() {
    wrote = 5;
    process(owner.pid(), 1, owner.pid(), 1);
    process(A, owner.pid(), owner.pid(), 2);
    Plan plan = plan();
    assertThat(plan.trees()).isEmpty();
    assertThat(plan.settled()).isEmpty();
  }

  @Test
  void anUnprovenSessionKeepsTheRecordForThreeAttempts() {
    String reason =
        "the ID of its session is the owner's PID, and nothing proves that the owner led it";
    process(A, 1, owner.pid(), 1);
    assertNothing(Outcome.FAILED, reason + ": a later sweep checks again");
    tombstone = new Tombstone(2, "", "", "");
    assertNothing(Outcome.FAILED, reason + ": a later sweep checks again");
    tombstone = new Tombstone(3, "", "", "");
    assertNothing(Outcome.UNCLAIMED, reason);
  }
}
