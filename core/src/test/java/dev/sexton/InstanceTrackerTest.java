package dev.sexton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.internal.Platform;
import dev.sexton.internal.instance.InstanceDescription;
import dev.sexton.internal.instance.RegisteredInstance;
import dev.sexton.internal.lock.FileInstanceLocks;
import dev.sexton.internal.lock.InstanceLocks;
import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.testsupport.ProcScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InstanceTrackerTest {
  private final List<Process> spawned = new ArrayList<>();
  private final List<InstanceTracker> registered = new ArrayList<>();
  private Path state;

  @BeforeEach
  void path(@TempDir Path directory) {
    state = directory.resolve("state");
  }

  @AfterEach
  void end() {
    spawned.forEach(process -> process.destroyForcibly().onExit().join());
    registered.forEach(InstanceTracker::unregister);
  }

  private InstanceTracker register() {
    InstanceTracker instance =
        InstanceTracker.builder()
            .application("test")
            .name("a test")
            .stateDirectory(state)
            .sweepOnRegister(false)
            .sentinel(false)
            .register();
    registered.add(instance);
    return instance;
  }

  private Process sleeper(String... environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("sleep", "900");
    for (int i = 0; i < environment.length; i += 2) {
      builder.environment().put(environment[i], environment[i + 1]);
    }
    Process process = builder.start();
    spawned.add(process);
    return process;
  }

  private static JsonObject json(InstanceTracker instance) throws IOException {
    return JsonParser.parseString(Files.readString(instance.instanceFile())).getAsJsonObject();
  }

  private static Set<String> recorded(InstanceTracker instance) throws IOException {
    return json(instance).getAsJsonObject("python_processes").keySet();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(state.resolve("instances"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private OwnerByte lockOf(InstanceTracker instance) {
    return new FileInstanceLocks()
        .probeOwner(state.resolve("instances").resolve(instance.instanceId() + ".lock"));
  }

  @Test
  void patternsOfProgramsToKeepAreInTheRecord() throws IOException {
    InstanceTracker instance =
        InstanceTracker.builder()
            .application("test")
            .stateDirectory(state)
            .keep("my-server*")
            .keep("!firefox")
            .sweepOnRegister(false)
            .sentinel(false)
            .register();
    registered.add(instance);
    instance.trackProcess("session", sleeper().pid());
    assertThat(json(instance).get("keep")).hasToString("[\"my-server*\",\"!firefox\"]");
  }

  @Test
  void anInstanceIsRegisteredAndUnregistered() throws IOException {
    InstanceTracker instance = register();
    assertThat(instance.isRegistered()).isTrue();
    assertThat(instance.pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(UUID.fromString(instance.instanceId())).hasToString(instance.instanceId());
    assertThat(names())
        .containsExactly(instance.instanceId() + ".json", instance.instanceId() + ".lock");
    assertThat(lockOf(instance)).isEqualTo(OwnerByte.OURS);
    JsonObject json = json(instance);
    assertThat(json.keySet())
        .startsWith("instance_id", "pid", "started_at", "python_processes", "schema");
    assertThat(json.get("started_at").getAsString()).isEqualTo(instance.startedAt()).endsWith("Z");
    assertThat(json.get("name").getAsString()).isEqualTo("a test");
    assertThat(json.get("containers").getAsBoolean()).isFalse();

    instance.unregister();
    assertThat(names()).isEmpty();
    instance.unregister();
    instance.trackProcess("late", spawnedPid());
    assertThat(names()).as("nothing is written any more").isEmpty();
  }

  private long spawnedPid() throws IOException {
    return sleeper().pid();
  }

  @Test
  void upTo64EachChangeIsInTheFileWhenTheCallReturns() throws IOException {
    InstanceTracker instance = register();
    long pid = spawnedPid();
    for (int i = 1; i <= 64; i++) {
      instance.trackProcess("p" + i, pid);
      assertThat(recorded(instance)).hasSize(i).contains("p" + i);
    }
    instance.untrackProcess("p7");
    assertThat(recorded(instance)).hasSize(63).doesNotContain("p7");
    instance.untrackProcess("never tracked");
    assertThat(instance.trackedProcesses()).hasSize(63).containsEntry("p64", pid);
  }

  @Test
  void beyond64ChangesAreWrittenBehind() throws IOException {
    InstanceTracker instance = register();
    long pid = spawnedPid();
    for (int i = 1; i <= 100; i++) {
      instance.trackProcess("p" + i, pid);
    }
    Awaitility.await().until(() -> recorded(instance).size() == 100);
    instance.untrackProcess("p1");
    Awaitility.await().until(() -> recorded(instance).size() == 99);
    instance.trackProcess("last", pid);
    instance.flush();
    assertThat(recorded(instance)).hasSize(100).contains("last");
  }

  @Test
  void threeThousandAreTracked() throws IOException {
    InstanceTracker instance = register();
    long pid = spawnedPid();
    for (int i = 0; i < 3000; i++) {
      instance.trackProcess("p" + i, pid);
    }
    instance.flush();
    assertThat(recorded(instance)).hasSize(3000);
    assertThat(InstanceTracker.loadFromFile(instance.instanceFile()).trackedProcesses())
        .isEqualTo(instance.trackedProcesses());
    for (int i = 0; i < 3000; i++) {
      instance.untrackProcess("p" + i);
    }
    instance.flush();
    assertThat(recorded(instance)).isEmpty();
  }

  @Test
  void threadsShareTheRecord() throws Exception {
    InstanceTracker instance = register();
    long pid = spawnedPid();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      String name = "t" + t;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 20; i++) {
                  instance.trackProcess(name + "." + i, pid);
                  if (i % 2 == 1) {
                    instance.untrackProcess(name + "." + i);
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    instance.flush();
    assertThat(recorded(instance))
        .hasSize(80)
        .containsExactlyInAnyOrderElementsOf(instance.trackedProcesses().keySet());
  }

  @Test
  void whatOthersWroteIsKept() throws IOException {
    InstanceTracker instance = register();
    JsonObject json = json(instance);
    json.addProperty("theirs", "kept");
    json.add("sweep", new JsonObject());
    Files.writeString(instance.instanceFile(), json.toString());
    instance.trackProcess("a", spawnedPid());
    assertThat(json(instance).get("theirs").getAsString()).isEqualTo("kept");
    assertThat(json(instance).has("sweep")).as("the owner is not dead").isFalse();
    instance.untrackProcess("a");
    assertThat(json(instance).get("theirs").getAsString()).isEqualTo("kept");
  }

  @Test
  void aRecordThatWasRemovedOrSpoiltIsWrittenAgain() throws IOException {
    InstanceTracker instance = register();
    Files.delete(instance.instanceFile());
    instance.trackProcess("a", spawnedPid());
    assertThat(recorded(instance)).containsExactly("a");
    Files.writeString(instance.instanceFile(), "{");
    instance.trackProcess("b", spawnedPid());
    assertThat(recorded(instance)).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1})
  void noSessionHasSuchAnId(long pid) throws IOException {
    InstanceTracker instance = register();
    assertThatThrownBy(() -> instance.trackProcess("x", pid))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("not the PID of a session: " + pid);
    assertThat(recorded(instance)).isEmpty();
    assertThat(InstanceTracker.isProcessRunning(Math.min(pid, 0))).isFalse();
  }

  @Test
  void aNameIsTrackedOnce() throws IOException {
    InstanceTracker instance = register();
    long first = spawnedPid();
    long second = spawnedPid();
    instance.trackProcess("a", first);
    instance.trackProcess("a", second);
    assertThat(instance.trackedProcesses()).isEqualTo(Map.of("a", second));
    assertThat(json(instance).getAsJsonObject("python_processes").get("a").getAsLong())
        .isEqualTo(second);
  }

  @Test
  void closingStopsWhatIsTrackedAndMarkedAndUnregisters() throws IOException {
    InstanceTracker instance = register();
    Process tracked = sleeper();
    Process marked = sleeper("SEXTON_INSTANCE", "test:" + instance.instanceId());
    Process kept = sleeper("SEXTON_INSTANCE", "test:" + instance.instanceId(), "SEXTON_KEEP", "1");
    Process untracked = sleeper();
    Process strangers = sleeper("SEXTON_INSTANCE", "test:" + UUID.randomUUID());
    Process tree = new ProcessBuilder("sh", "-c", "sleep 900 & echo $!; wait").start();
    spawned.add(tree);
    instance.trackProcess("tracked", tracked.pid());
    instance.trackProcess("untracked", untracked.pid());
    instance.trackProcess("tree", tree.pid());
    ProcessHandle grandchild =
        ProcessHandle.of(Long.parseLong(tree.inputReader().readLine())).orElseThrow();
    instance.untrackProcess("untracked");

    instance.close(Duration.ofSeconds(5));

    DeadInstancesFixture.awaitGone(tracked);
    DeadInstancesFixture.awaitGone(marked);
    DeadInstancesFixture.awaitGone(tree);
    Awaitility.await().until(() -> !InstanceTracker.isProcessRunning(grandchild.pid()));
    assertThat(kept.isAlive()).isTrue();
    assertThat(untracked.isAlive()).isTrue();
    assertThat(strangers.isAlive()).isTrue();
    assertThat(names()).isEmpty();
    instance.close();
  }

  @Test
  void unregisteringStopsNothing() throws IOException {
    InstanceTracker instance = register();
    Process tracked = sleeper();
    instance.trackProcess("a", tracked.pid());
    instance.unregister();
    assertThat(names()).isEmpty();
    assertThat(tracked.isAlive()).isTrue();
  }

  @Test
  void aDirectoryThatCannotBeWrittenFailsNobody() throws IOException {
    Files.writeString(state, "a file");
    InstanceTracker instance = register();
    assertThat(instance.isRegistered()).isFalse();
    assertThat(instance.pid()).isEqualTo(ProcessHandle.current().pid());
    instance.trackProcess("a", spawnedPid());
    instance.untrackProcess("a");
    instance.flush();
    assertThat(instance.trackedProcesses()).isEmpty();
    assertThat(instance.containerLabels())
        .containsEntry("test-server-instance", instance.instanceId());
    instance.unregister();
    instance.close();
    assertThat(state).hasContent("a file");
  }

  @Test
  void aDirectoryThatGoesAwayFailsNobody() throws IOException {
    InstanceTracker instance = register();
    Path moved = state.resolveSibling("moved");
    Files.move(state, moved);
    long pid = spawnedPid();
    instance.trackProcess("a", pid);
    instance.flush();
    assertThat(instance.trackedProcesses()).isEqualTo(Map.of("a", pid));
    Files.move(moved, state);
    instance.flush();
    assertThat(recorded(instance)).containsExactly("a");
  }

  @Test
  void askingForLabelsIsRecordedFirst() throws IOException {
    InstanceTracker instance = register();
    Map<String, String> labels = instance.containerLabels();
    assertThat(labels.keySet())
        .containsExactly("test-server-instance", "sexton.owner", "sexton.state-dir");
    assertThat(labels).containsEntry("sexton.state-dir", state.toString());
    assertThat(json(instance).get("containers").getAsBoolean()).isTrue();
  }

  @Test
  void theLockIsTakenBeforeTheRecordAppearsAndGoesAfterIt() throws IOException {
    FileStateDirectory directory = new FileStateDirectory(state, "test");
    String id = UUID.randomUUID().toString();
    Path record = state.resolve("instances").resolve(id + ".json");
    AtomicReference<String> seen = new AtomicReference<>("");
    InstanceLocks real = new FileInstanceLocks();
    InstanceLocks watching =
        new InstanceLocks() {
          @Override
          public OwnerByte probeOwner(Path lockFile) {
            return real.probeOwner(lockFile);
          }

          @Override
          public @Nullable Held lockAsOwner(Path lockFile) throws IOException {
            seen.getAndUpdate(before -> before + "own:" + Files.exists(record) + " ");
            Held held = real.lockAsOwner(lockFile);
            return held == null ? null : watched(held);
          }

          private Held watched(Held held) {
            return new Held() {
              @Override
              public void deleteFile() throws IOException {
                seen.getAndUpdate(before -> before + "delete:" + Files.exists(record) + " ");
                held.deleteFile();
              }

              @Override
              public void close() {
                seen.getAndUpdate(before -> before + "close:" + Files.exists(record));
                held.close();
              }
            };
          }

          @Override
          public @Nullable Held lockAsSweeper(Path lockFile) throws IOException {
            return real.lockAsSweeper(lockFile);
          }
        };
    RegisteredInstance own =
        RegisteredInstance.register(
            directory, Platform.residentProcesses(), watching, new InstanceDescription(id, ""));
    assertThat(record).exists();
    own.unregister();
    assertThat(seen).hasValue("own:false delete:false close:false");
    assertThat(names()).isEmpty();
  }

  @Test
  void aSweepOfItsOwnJvmLeavesItAlone() throws IOException {
    InstanceTracker instance = register();
    Process tracked = sleeper();
    instance.trackProcess("a", tracked.pid());
    for (int i = 0; i < 3; i++) {
      SweepReport report =
          Sweeper.builder()
              .application("test")
              .stateDirectory(state)
              .providers(List.of())
              .instance(instance.instanceId())
              .assumeDead(true)
              .build()
              .sweep();
      assertThat(DeadInstancesFixture.of(report, instance.instanceId()).reason())
          .isEqualTo("its owner is this process");
    }
    assertThat(tracked.isAlive()).isTrue();
    assertThat(lockOf(instance)).isEqualTo(OwnerByte.OURS);
  }

  @Test
  void aSessionMayHaveAnyName() throws IOException {
    InstanceTracker instance = register();
    long pid = spawnedPid();
    for (String name :
        List.of("", "a\nb", "\u001b[2J", "\0", "\uD800", "\uDFFF", "?", "(marked)")) {
      instance.trackProcess(name, pid);
    }
    assertThat(InstanceTracker.loadFromFile(instance.instanceFile()).trackedProcesses()).hasSize(8);
  }

  @Test
  void aZombieDoesNotRunAndAnotherUsersProcessDoes() throws IOException {
    Process process = sleeper();
    assertThat(InstanceTracker.isProcessRunning(process.pid())).isTrue();
    process.destroyForcibly().onExit().join();
    assertThat(InstanceTracker.isProcessRunning(process.pid())).isFalse();
    assertThat(InstanceTracker.isProcessRunning(1)).isTrue();
    assertThat(InstanceTracker.isProcessRunning(Long.MAX_VALUE)).isFalse();
    assertThat(InstanceTracker.isProcessRunning(-1)).isFalse();
  }

  private Process launch(InstanceTracker instance, String name, String... command)
      throws IOException {
    Process process = instance.launch(name, new ProcessBuilder(command));
    spawned.add(process);
    return process;
  }

  /// Asks the kernel, because the JVM learns of its child's end only when it has reaped it.
  private static boolean hasEnded(Process process) {
    return ProcScan.isGone(process.pid());
  }

  @Test
  void whatIsLaunchedIsMarkedAndTrackedUntilItEnds() throws IOException {
    InstanceTracker instance = register();
    Process process = launch(instance, "a", "sleep", "900");
    assertThat(recorded(instance)).containsExactly("a");
    assertThat(Files.readString(Path.of("/proc/" + process.pid() + "/environ")))
        .contains("SEXTON_INSTANCE=test:" + instance.instanceId() + "\0");
    process.destroyForcibly();
    Awaitility.await().until(() -> instance.trackedProcesses().isEmpty());
  }

  @Test
  void aNameIsTheLaterOnesAlsoAfterTheEarlierOneEnds() throws IOException {
    InstanceTracker instance = register();
    Process earlier = launch(instance, "a", "sleep", "900");
    Process later = launch(instance, "a", "sleep", "901");
    assertThat(instance.trackedProcesses()).containsEntry("a", later.pid());
    earlier.destroyForcibly().onExit().join();
    Process other = launch(instance, "b", "true");
    Awaitility.await().until(() -> !instance.trackedProcesses().containsKey("b"));
    assertThat(hasEnded(other)).isTrue();
    assertThat(instance.trackedProcesses()).containsOnlyKeys("a").containsEntry("a", later.pid());
    instance.close(Duration.ofSeconds(5));
    assertThat(hasEnded(later)).isTrue();
  }

  @Test
  void whatCannotBeStartedIsNotTracked() {
    InstanceTracker instance = register();
    assertThatThrownBy(() -> launch(instance, "a", "/no/such/program"))
        .isInstanceOf(IOException.class);
    assertThat(instance.trackedProcesses()).isEmpty();
  }

  @Test
  void nothingIsLaunchedOnceNobodyWouldStopIt() throws IOException {
    InstanceTracker closed = register();
    closed.close();
    assertThatThrownBy(() -> launch(closed, "a", "sleep", "900"))
        .isInstanceOf(IllegalStateException.class);
    InstanceTracker unregistered = register();
    unregistered.unregister();
    assertThatThrownBy(() -> launch(unregistered, "a", "sleep", "900"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void withoutARegistrationItIsJustStarted() throws IOException {
    Files.createDirectories(Objects.requireNonNull(state.getParent()));
    Files.writeString(state, "a file is in the way");
    InstanceTracker instance = register();
    assertThat(instance.isRegistered()).isFalse();
    Process process = launch(instance, "a", "sleep", "900");
    assertThat(process.isAlive()).isTrue();
    assertThat(Files.readString(Path.of("/proc/" + process.pid() + "/environ")))
        .doesNotContain("SEXTON_INSTANCE=test:");
    instance.close();
    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void aSecondCloseWaitsForTheFirst() throws Exception {
    InstanceTracker instance = register();
    Process deaf =
        launch(instance, "deaf", "sh", "-c", "trap '' TERM; echo; while :; do sleep 0.05; done");
    assertThat(deaf.getInputStream().read()).isEqualTo('\n');
    Thread first = Thread.ofPlatform().start(() -> instance.close(Duration.ofMillis(500)));
    Awaitility.await().until(() -> first.getState() != Thread.State.RUNNABLE || !first.isAlive());
    instance.close();
    assertThat(hasEnded(deaf)).isTrue();
    assertThat(instance.instanceFile()).doesNotExist();
    first.join();
  }

  @Test
  void whatAnInstanceEndsWhenItIsClosedStandsInTheJournal() throws IOException {
    InstanceTracker instance = register();
    Process child = sleeper();
    Process gone = sleeper();
    instance.trackProcess("child", child.pid());
    instance.trackProcess("gone", gone.pid());
    gone.destroyForcibly().onExit().join();

    instance.close(Duration.ofSeconds(20));

    assertThat(hasEnded(child)).isTrue();
    List<JsonObject> lines = new ArrayList<>();
    for (String line : Files.readAllLines(state.resolve("journal.jsonl"))) {
      lines.add(JsonParser.parseString(line).getAsJsonObject());
    }
    assertThat(lines)
        .extracting(line -> line.get("outcome").getAsString())
        .as("before and after; what had ended by itself was not ended")
        .containsExactly("ASKED", "STOPPED");
    assertThat(lines.getLast().get("pid").getAsLong()).isEqualTo(child.pid());
    assertThat(lines.getLast().get("command").getAsString()).isEqualTo("sleep 900");
    assertThat(lines.getLast().get("reason").getAsString())
        .endsWith("its owner closed the instance");
    assertThat(lines.getLast().getAsJsonArray("signalled")).hasSize(1);
  }
}
