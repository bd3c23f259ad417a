package dev.sexton.engine;

import static dev.sexton.testkit.Reports.only;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.ResourceReport;
import dev.sexton.ResourceReport.LabelledReport;
import dev.sexton.SweepReport;
import dev.sexton.SweepReport.UnclaimedLabelled;
import dev.sexton.Sweeper;
import dev.sexton.testkit.Server;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.RealEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a sweep must do with real containers, networks and volumes on any engine. Servers are real
/// too, and die by SIGKILL. Results are checked with the docker command. In every test there are
/// also containers that must not be touched.
@Gate("needs a container engine")
@Timeout(180)
abstract class EngineSweepContract {
  static final String LABEL = "deephaven-mcp-server-instance";

  /// The longest grace period. No test waits this long, and containers that ignore SIGTERM get
  /// less.
  private static final Duration LONG = Duration.ofSeconds(90);

  /// The writer of the dead server's record.
  enum Kind {
    OURS,
    AS_THE_ORIGINAL
  }

  @TempDir Path home;
  final Processes processes = new Processes();
  RealEngine engine;
  private Server living;
  private final Map<String, String> canaries = new HashMap<>();

  /// Returns the engine. Skips the test if there is none.
  abstract RealEngine engine() throws Exception;

  @BeforeEach
  void setUp() throws Exception {
    engine = engine();
    living = Server.java(processes, home, "deephaven-mcp", engine.environment());
    String stranger = UUID.randomUUID().toString();
    List<Map<String, String>> labels =
        List.of(
            Map.of(),
            living.labels(),
            Map.of(LABEL, stranger),
            Map.of(LABEL, stranger.substring(0, 8)),
            Map.of("other." + LABEL, stranger));
    for (Map<String, String> some : labels) {
      addCanary(some);
    }
  }

  /// Adds a container that must be unchanged when the test ends.
  private void addCanary(Map<String, String> labels) {
    String id = engine.run(labels, List.of(), RealEngine.POLITE);
    canaries.put(id, engine.state(id));
  }

  @AfterEach
  void nobodyElseWasTouched() {
    try {
      if (engine != null) { // Null if the test was skipped.
        assertUntouched();
      }
    } finally {
      processes.close();
      if (engine != null) {
        engine.close();
      }
    }
  }

  private void assertUntouched() {
    assertThat(canaries).isNotEmpty();
    canaries.forEach((id, state) -> {
      assertThat(state).startsWith("running ");
      assertThat(engine.state(id)).as(id).isEqualTo(state);
    });
    assertThat(living.self().isRunning()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void everythingOfADeadServerGoesInOneSweep(Kind kind) throws Exception {
    Server server = start(kind);
    Map<String, String> labels = server.labels();
    Proc session = server.session("session", "sleep", "1000");
    addLookalikes(server);
    String network = engine.network(labels);
    String volume = engine.volume(labels);
    Map<String, Outcome> expected = runTwenty(labels, network, volume);
    assertThat(expected).hasSize(20);
    server.kill();
    watchRemovals();

    SweepReport report = sweeper().grace(Duration.ofSeconds(3)).build().sweep();

    InstanceReport dead = only(report, server.instanceId());
    assertThat(dead.liveness()).isEqualTo(Liveness.DEAD);
    assertThat(dead.record()).as(dead.toString()).isEqualTo(RecordFate.REMOVED);
    assertThat(only(report, living.instanceId()).liveness()).isEqualTo(Liveness.ALIVE);
    assertThat(report.isClean()).isTrue();
    assertThat(server.record()).doesNotExist();
    assertThat(server.lock()).doesNotExist();
    assertThat(session.isRunning()).isFalse();
    assertThat(engine.left()).containsExactlyInAnyOrderElementsOf(canaries.keySet());

    Map<String, Outcome> outcomes =
        dead.resources().stream()
            .filter(resource -> resource.kind() == ResourceKind.CONTAINER)
            .collect(toMap(EngineSweepContract::id, ResourceReport::outcome));
    assertThat(outcomes).containsOnlyKeys(expected.keySet());
    expected.forEach((id, outcome) -> {
      if (outcome == Outcome.KILLED) {
        assertThat(outcomes.get(id)).as("ignores SIGTERM: " + id).isEqualTo(Outcome.KILLED);
      }
    });
    assertThat(dead.resources())
        .filteredOn(resource -> resource.kind() != ResourceKind.CONTAINER)
        .filteredOn(resource -> resource.kind() != ResourceKind.PROCESS)
        .extracting(EngineSweepContract::id)
        .containsExactly(network, volume);
    assertRemovedInOrder(expected.keySet(), network, volume);
  }

  /// Begins to record what the engine removes.
  void watchRemovals() throws IOException {}

  /// Asserts that [#watchRemovals] recorded the containers first, then the network, then the
  /// volume.
  void assertRemovedInOrder(Iterable<String> containers, String network, String volume) {}

  /// Adds containers whose labels begin like those of the server that will die.
  private void addLookalikes(Server server) {
    String id = server.instanceId();
    addCanary(Map.of(LABEL, id + "-2"));
    addCanary(Map.of(LABEL, id.substring(0, 35)));
    addCanary(Map.of(LABEL + "2", id));
  }

  /// Runs twenty containers in every possible state. The outcome is KILLED for those that ignore
  /// SIGTERM.
  private Map<String, Outcome> runTwenty(Map<String, String> labels, String network, String volume)
      throws Exception {
    List<Callable<Map.Entry<String, Outcome>>> tasks = new ArrayList<>();
    List<String> joined = List.of("--network", network, "-v", volume + ":/data", "-v", "/scratch");
    add(tasks, 2, () -> engine.run(labels, joined, RealEngine.POLITE));
    add(tasks, 3, () -> engine.run(labels, List.of(), RealEngine.POLITE));
    add(tasks, 3, () -> engine.run(labels, List.of("--rm"), RealEngine.POLITE));
    add(tasks, 2, () -> engine.create(labels, RealEngine.POLITE));
    add(
        tasks,
        2,
        () -> {
          String id = engine.run(labels, List.of(), RealEngine.POLITE);
          engine.docker("pause", id);
          return id;
        });
    add(
        tasks,
        2,
        () -> {
          String id = engine.run(labels, List.of(), List.of("true"));
          await().atMost(LONG).until(() -> engine.state(id).startsWith("exited "));
          return id;
        });
    add(
        tasks,
        2,
        () -> {
          String id = engine.run(labels, List.of("--restart=always"), List.of("true"));
          await().atMost(LONG).until(() -> hasRestarted(id));
          return id;
        });
    add(tasks, 2, () -> engine.run(labels, List.of("--restart=always"), RealEngine.POLITE));
    Map<String, Outcome> expected = new LinkedHashMap<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(4)) {
      List<Future<Map.Entry<String, Outcome>>> futures = workers.invokeAll(tasks);
      for (Future<Map.Entry<String, Outcome>> future : futures) {
        expected.put(future.get().getKey(), future.get().getValue());
      }
    }
    for (int i = 0; i < 2; i++) {
      expected.put(engine.run(labels, List.of(), RealEngine.STUBBORN), Outcome.KILLED);
    }
    return expected;
  }

  /// Returns whether the engine has restarted a container that ends at once.
  boolean hasRestarted(String id) {
    return !engine.inspect(id, "{{.RestartCount}}").equals("0");
  }

  private static void add(
      List<Callable<Map.Entry<String, Outcome>>> tasks, int times, Callable<String> one) {
    for (int i = 0; i < times; i++) {
      tasks.add(() -> Map.entry(one.call(), Outcome.STOPPED));
    }
  }

  /// What keeps a sweep busy until the test releases it.
  enum Waiting {
    FOR_A_PROCESS,
    FOR_A_CONTAINER
  }

  @ParameterizedTest
  @EnumSource
  void containerThatAClientCreatesInTheMiddleOfTheSweepGoes(Waiting waiting) throws Exception {
    Server server = start(Kind.OURS);
    Map<String, String> labels = server.labels();
    Path flags = Files.createDirectory(home.resolve("flags"));
    Path asked = flags.resolve("asked");
    Path set = flags.resolve("set");
    Path ready = flags.resolve("ready");
    Path enough = flags.resolve("enough");
    String mount = flags + ":" + flags;
    // Reports that it was asked to stop, and stops when the late container exists.
    String trap = "trap ': > " + asked + "' TERM; : > " + set + "; ";
    String[] slow = {"sh", "-c", trap + "while [ ! -e " + enough + " ]; do sleep 0.1; done"};
    String slowContainer = "";
    if (waiting == Waiting.FOR_A_PROCESS) {
      server.session("slow", slow);
    } else {
      slowContainer = engine.run(labels, List.of("-v", mount), List.of(slow));
    }
    await().atMost(LONG).until(() -> Files.exists(set));
    // The client outlives the server: it has its own session and no marker, and is in no record.
    List<String> client =
        engine.command("run", "--rm", "-v", mount, "--label", "late=" + server.instanceId());
    client.addAll(engine.labels(labels));
    client.add(RealEngine.IMAGE);
    String late = "trap 'exit 0' TERM; : > " + ready + "; while :; do sleep 0.1; done";
    List<String> outliving =
        new ArrayList<>(
            List.of(
                "setsid",
                "sh",
                "-c",
                "while [ ! -e " + asked + " ]; do sleep 0.05; done; exec \"$@\"",
                "client"));
    outliving.addAll(client);
    outliving.addAll(List.of("sh", "-c", late));
    server.unknown(outliving.toArray(new String[0]));
    server.kill();

    CompletableFuture<SweepReport> sweep =
        CompletableFuture.supplyAsync(() -> sweeper().grace(LONG).build().sweep());
    await().atMost(LONG).until(() -> Files.exists(ready) || sweep.isDone());
    List<String> lateIds = engine.containersWith("late=" + server.instanceId());
    Files.createFile(enough);
    InstanceReport dead = only(sweep.get(), server.instanceId());

    assertThat(lateIds).hasSize(1);
    assertThat(dead.record()).as(dead.toString()).isEqualTo(RecordFate.REMOVED);
    assertThat(dead.resources()).extracting(EngineSweepContract::id).contains(lateIds.getFirst());
    if (waiting == Waiting.FOR_A_CONTAINER) {
      assertThat(dead.resources()).extracting(EngineSweepContract::id).contains(slowContainer);
    }
    assertThat(engine.left()).containsExactlyInAnyOrderElementsOf(canaries.keySet());
  }

  @ParameterizedTest
  @EnumSource
  void containerThatAppearsAfterTheSweepGoesAtTheNextOne(Kind kind) throws Exception {
    Server server = start(kind);
    Map<String, String> labels = server.labels();
    server.kill();
    assertThat(only(sweeper().build().sweep(), server.instanceId()).record())
        .isEqualTo(RecordFate.REMOVED);
    assertThat(server.record()).doesNotExist();

    String late = engine.run(labels, List.of("--rm"), RealEngine.POLITE);
    SweepReport next = sweeper().build().sweep();

    InstanceReport orphan = only(next, server.instanceId());
    assertThat(orphan.liveness()).isEqualTo(Liveness.DEAD);
    assertThat(orphan.reason())
        .contains(kind == Kind.OURS ? "is gone" : "its instance was swept as dead at ");
    assertThat(orphan.resources()).extracting(EngineSweepContract::id).containsExactly(late);
    assertThat(engine.left()).containsExactlyInAnyOrderElementsOf(canaries.keySet());
  }

  @Test
  void containerWithoutARecordIsJudgedByItsOwnersLabel() throws Exception {
    // Uses its own application, so nothing else on this engine is affected.
    String application = "sexton-test-" + UUID.randomUUID();
    Server dead = Server.java(processes, home, application, engine.environment());
    Server alive = Server.java(processes, home, application, engine.environment());
    addCanary(alive.labels());
    addCanary(Map.of(application + "-server-instance", dead.instanceId() + "x"));
    Map<String, String> mere =
        Map.of(application + "-server-instance", UUID.randomUUID().toString());
    String unclaimed = engine.run(mere, List.of(), RealEngine.POLITE);
    canaries.put(unclaimed, engine.state(unclaimed));
    String container = engine.run(dead.labels(), List.of(), RealEngine.POLITE);
    String network = engine.network(dead.labels());
    String volume = engine.volume(dead.labels());
    dead.kill();
    for (Server server : List.of(dead, alive)) {
      Files.delete(server.record());
      Files.delete(server.lock());
    }

    SweepReport report =
        Sweeper.builder().application(application).environment(environment()).build().sweep();

    assertThat(report.instances())
        .extracting(InstanceReport::instanceId)
        .containsExactly(dead.instanceId());
    assertThat(report.instances().getFirst().resources())
        .extracting(EngineSweepContract::id)
        .containsExactly(container, network, volume);
    assertThat(report.unclaimed()).extracting(EngineSweepContract::id).contains(unclaimed);
    assertThat(engine.left()).containsExactlyInAnyOrderElementsOf(canaries.keySet());
    assertThat(alive.self().isRunning()).isTrue();
  }

  /// The image of a labelled container has its labels, and so does every container run from it.
  @ParameterizedTest
  @EnumSource
  void containersOfACommittedImageAreTheUsers(Kind kind) throws Exception {
    Server server = start(kind);
    String own = engine.run(server.labels(), List.of(), RealEngine.POLITE);
    String image = engine.commit(own, server.labels());
    String users = engine.runFrom(image, RealEngine.POLITE);
    assertThat(engine.containersWith(LABEL + "=" + server.instanceId())).contains(own, users);
    canaries.put(users, engine.state(users));
    server.kill();

    SweepReport report = sweeper().build().sweep();

    InstanceReport dead = only(report, server.instanceId());
    assertThat(dead.record()).as(dead.toString()).isEqualTo(RecordFate.REMOVED);
    assertThat(dead.resources()).extracting(EngineSweepContract::id).contains(own);
    assertThat(report.unclaimed())
        .filteredOn(one -> users.equals(id(one)))
        .singleElement()
        .satisfies(one -> assertThat(one.reason()).startsWith("its image carries the same label"));

    String later = engine.runFrom(image, RealEngine.POLITE);
    canaries.put(later, engine.state(later));
    SweepReport next = sweeper().build().sweep(); // without the record
    assertThat(next.unclaimed()).extracting(EngineSweepContract::id).contains(users, later);
    assertThat(engine.left()).containsExactlyInAnyOrderElementsOf(canaries.keySet());
  }

  Server start(Kind kind) throws IOException {
    return kind == Kind.OURS
        ? Server.java(processes, home, "deephaven-mcp", engine.environment())
        : Server.python(processes, home);
  }

  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(engine.environment());
    environment.put("HOME", home.toString());
    return environment;
  }

  /// Returns a sweeper of the one state directory that the servers of this test share.
  Sweeper.Builder sweeper() {
    return Sweeper.builder()
        .stateDirectory(home.resolve(".deephaven-mcp"))
        .environment(environment());
  }

  static String id(SweepReport.Unclaimed unclaimed) {
    return unclaimed instanceof UnclaimedLabelled labelled ? labelled.id() : "";
  }

  static String id(ResourceReport resource) {
    return resource instanceof LabelledReport labelled ? labelled.id() : "";
  }
}
