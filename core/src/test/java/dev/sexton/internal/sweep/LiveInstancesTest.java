package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.hostile.DeadInstancesFixture.Instance;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.record.RecordWriter;
import dev.sexton.internal.state.FileStateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests which processes belong to instances that are not dead.
///
/// The processes and the records are real. No test here can signal a process.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LiveInstancesTest {
  /// The instance that is swept.
  ///
  /// It has no record here.
  private static final String SWEPT = "5d0a9f0e-8a54-4c0c-9f5e-0a9b6a3f1c77";

  private DeadInstancesFixture graveyard;
  private DeadInstancesFixture neighbours;
  private LiveInstances live;

  @BeforeEach
  void dig(@TempDir Path directory) throws IOException {
    graveyard = new DeadInstancesFixture(directory.resolve("state"));
    neighbours = new DeadInstancesFixture(directory.resolve("neighbours"));
    live = liveInstances(List.of());
  }

  @AfterEach
  void fill() {
    graveyard.close();
    neighbours.close();
  }

  private LiveInstances liveInstances(List<ObservedInstance> judged) {
    List<FileStateDirectory> directories = List.of(graveyard.directory(), neighbours.directory());
    return new LiveInstances(graveyard.ports(List.of()), new LivenessRules(), directories, judged);
  }

  private ProcessInfo info(Process process) {
    if (graveyard.processes().find(process.pid()) instanceof ProcessLookup.Present present) {
      return present.process();
    }
    throw new AssertionError("no process " + process.pid());
  }

  private @Nullable String ownedBy(Process process) {
    return live.ownedBy(info(process), SWEPT);
  }

  private @Nullable String madeBy(Process process) {
    return live.madeBy(info(process), null, true, SWEPT, owner -> true);
  }

  private @Nullable String markedBy(Process process, String instanceId, boolean canBeInside) {
    String mark = InstanceMarker.of(DeadInstancesFixture.APPLICATION, instanceId);
    return live.madeBy(info(process), mark, true, SWEPT, owner -> canBeInside);
  }

  private static String words(Instance instance) {
    return "another instance that is not dead ("
        + DeadInstancesFixture.APPLICATION
        + ":"
        + instance.id()
        + ")";
  }

  private Process stranger() throws IOException {
    return graveyard.unguarded("sleep", "900");
  }

  /// Writes a record whose owner has ended, with a child that is alive.
  ///
  /// @param machine the machine on which the record says that both ran
  private Instance deadInstance(Machine machine) throws IOException {
    Process child = stranger();
    Instance instance = new Instance(UUID.randomUUID().toString(), graveyard.dead(), child);
    // The dead owner started no later than its child, so no living process has its start time.
    ProcessIdentity owner =
        new ProcessIdentity(
            machine, instance.owner().pid(), graveyard.identity(child.pid()).start());
    graveyard
        .directory()
        .replace(instance.id() + ".json", RecordWriter.write(graveyard.record(instance, owner)));
    return instance;
  }

  private void edit(Instance instance, Consumer<JsonObject> change) throws IOException {
    Path file = graveyard.file(instance.id() + ".json");
    JsonObject record = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    change.accept(record);
    Files.writeString(file, record.toString());
  }

  @Test
  void theOwnerOfALiveInstanceIsItsOwn() throws IOException {
    Instance instance = graveyard.liveInstance();

    assertThat(ownedBy(instance.owner())).isEqualTo(words(instance));
    assertThat(ownedBy(instance.child())).isNull();
    assertThat(ownedBy(stranger())).isNull();
  }

  @Test
  void whatALiveInstanceRecordedIsItsOwn() throws IOException {
    Instance instance = graveyard.liveInstance();

    assertThat(madeBy(instance.child())).isEqualTo(words(instance));
    assertThat(madeBy(instance.owner())).isNull();
    assertThat(madeBy(stranger())).isNull();
  }

  @Test
  void whatCarriesTheMarkOfALiveInstanceIsItsOwn() throws IOException {
    Instance instance = graveyard.liveInstance();

    assertThat(markedBy(stranger(), instance.id(), true)).isEqualTo(words(instance));
  }

  /// The marker was inherited from outside. Both instances run below the live one.
  @Test
  void theMarkOfAnInstanceThatCannotBeInsideProvesNothing() throws IOException {
    Instance instance = graveyard.liveInstance();

    assertThat(markedBy(stranger(), instance.id(), false)).isNull();
  }

  @Test
  void theMarkOfAnInstanceWithoutARecordCountsAsThatOfALiveOne() throws IOException {
    String unknown = UUID.randomUUID().toString();

    assertThat(markedBy(stranger(), unknown, true))
        .contains("no record here")
        .contains(InstanceMarker.of(DeadInstancesFixture.APPLICATION, unknown));
    assertThat(markedBy(stranger(), SWEPT, true)).isNull();
  }

  @Test
  void theInstanceThatIsSweptDoesNotCount() throws IOException {
    Instance instance = graveyard.liveInstance();
    String mark = InstanceMarker.of(DeadInstancesFixture.APPLICATION, instance.id());

    assertThat(live.ownedBy(info(instance.owner()), instance.id())).isNull();
    assertThat(live.madeBy(info(instance.child()), mark, true, instance.id(), owner -> true))
        .isNull();
  }

  @Test
  void nothingIsThatOfADeadInstance() throws IOException {
    Instance instance = deadInstance(graveyard.processes().machine());

    assertThat(madeBy(instance.child())).isNull();
    assertThat(markedBy(stranger(), instance.id(), true)).isNull();
  }

  /// A later process with the same PID cannot be told apart from the recorded one.
  @Test
  void aMereProcessIdMayNameAnyProcess() throws IOException {
    Instance instance = graveyard.liveInstance();
    edit(instance, record -> record.remove("processes"));

    assertThat(madeBy(instance.child())).isEqualTo(words(instance));
  }

  /// The process has another PID in its own namespace, but the same start time. Its owner cannot be
  /// judged.
  @Test
  void whatWasRecordedInAnotherNamespaceIsKnownByItsStartTime() throws IOException {
    Machine here = graveyard.processes().machine();
    Instance instance = deadInstance(new Machine("", here.boot(), "pid:[1]", here.unit()));
    edit(
        instance,
        record -> {
          JsonObject session = ranOnTheOwnersMachine(record);
          session.addProperty("pid", 7);
          record.getAsJsonObject("python_processes").addProperty("session", 7);
        });
    ProcessLookup self = graveyard.processes().find(ProcessHandle.current().pid());

    assertThat(madeBy(instance.child())).isEqualTo(words(instance));
    assertThat(
            live.madeBy(((ProcessLookup.Present) self).process(), null, true, SWEPT, owner -> true))
        .isNull();
  }

  /// The instance cannot be judged, so it is not dead. But no process of another boot runs in this
  /// one.
  @Test
  void aProcessOfAnotherBootIsNotSpared() throws IOException {
    Machine here = graveyard.processes().machine();
    String boot = UUID.randomUUID().toString();
    Instance then = deadInstance(new Machine("", boot, here.pidNamespace(), here.unit()));
    edit(then, LiveInstancesTest::ranOnTheOwnersMachine);

    assertThat(madeBy(then.child())).isNull();
    assertThat(markedBy(stranger(), then.id(), true)).as("it is not dead").isEqualTo(words(then));

    Instance now = deadInstance(new Machine("", here.boot(), here.pidNamespace(), here.unit()));
    edit(now, LiveInstancesTest::ranOnTheOwnersMachine);
    live.refresh();
    assertThat(madeBy(now.child())).as("in this boot").isEqualTo(words(now));
  }

  private static JsonObject ranOnTheOwnersMachine(JsonObject record) {
    JsonObject session = record.getAsJsonObject("processes").getAsJsonObject("session");
    session.remove("host");
    return session;
  }

  /// The record was readable at first, but it says nothing when it is judged.
  @Test
  void anUnreadableRecordProvesNobodyDead() throws IOException {
    Instance instance = deadInstance(graveyard.processes().machine());
    assertThat(madeBy(stranger())).as("the first look reads all records").isNull();
    Files.writeString(graveyard.file(instance.id() + ".json"), "{\"instance_id\": ");

    assertThat(madeBy(instance.child())).isEqualTo(words(instance));
    assertThat(markedBy(stranger(), instance.id(), true)).isEqualTo(words(instance));
  }

  @Test
  void aRecordThatIsGoneIsThatOfAnInstanceThatHasEnded() throws IOException {
    Instance instance = graveyard.liveInstance();
    assertThat(madeBy(stranger())).as("the first look reads all records").isNull();
    Files.delete(graveyard.file(instance.id() + ".json"));

    assertThat(ownedBy(instance.owner())).isNull();
    assertThat(madeBy(instance.child())).isNull();
    assertThat(markedBy(stranger(), instance.id(), true)).isNull();
  }

  @Test
  void recordsInNeighbourDirectoriesCount() throws IOException {
    Instance neighbour = neighbours.liveInstance();

    assertThat(ownedBy(neighbour.owner())).isEqualTo(words(neighbour));
    assertThat(madeBy(neighbour.child())).isEqualTo(words(neighbour));
    assertThat(markedBy(stranger(), neighbour.id(), true)).isEqualTo(words(neighbour));
  }

  /// A file that cannot be read as a record says nothing, and the other records still count.
  @Test
  void aSpoiltNeighbourHidesNobody() throws IOException {
    Stream.of("[", "{}", "\"\"")
        .forEach(text -> write(neighbours.file(UUID.randomUUID() + ".json"), text));
    Instance neighbour = neighbours.liveInstance();

    assertThat(ownedBy(neighbour.owner())).isEqualTo(words(neighbour));
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void aLaterRegistrationIsSeenAfterARefresh() throws IOException {
    Process unknown = stranger();
    assertThat(ownedBy(unknown)).isNull();
    Instance later = graveyard.liveInstance();
    assertThat(ownedBy(later.owner())).as("records are read once").isNull();

    live.refresh();

    assertThat(ownedBy(later.owner())).isEqualTo(words(later));
    assertThat(madeBy(later.child())).isEqualTo(words(later));
    assertThat(markedBy(unknown, later.id(), true)).isEqualTo(words(later));
  }

  /// The instance may have been judged dead because a person said so.
  @Test
  void whatThisSweepHasJudgedStaysJudged() throws IOException {
    Instance instance = deadInstance(graveyard.processes().machine());
    ObservedInstance judged =
        new InstanceObserver(graveyard.ports(List.of()), new LivenessRules())
            .look(graveyard.directory(), instance.id());
    assertThat(judged).isNotNull();
    live = liveInstances(List.of(judged));
    Files.writeString(graveyard.file(instance.id() + ".json"), "{\"instance_id\": ");

    assertThat(madeBy(instance.child())).isNull();
    live.refresh();
    assertThat(madeBy(instance.child())).isNull();
  }
}
