package dev.sexton.original;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import dev.sexton.original.Original.Version;
import dev.sexton.testkit.Server;
import dev.sexton.testsupport.BrokenEngine;
import dev.sexton.testsupport.BrokenEngine.Fault;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.RealEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Runs Sexton's servers and the original's in one home. Each sweeps what the other's dead servers
/// left, and neither touches what is running. Both kinds of server are real processes. The
/// original's tracker is its own code.
@Gate("needs PyPI")
@Timeout(1200) // The first test installs the original.
class OriginalTest {
  private static final String[] POLITE = {"sleep", "1000"};
  private static final String[] PARENT = {"sh", "-c", "sleep 1000 & wait"};

  @TempDir Path home;
  private final Processes processes = new Processes();

  @AfterEach
  void endWhatIsLeft() {
    processes.close();
  }

  /// Three sessions of one server: one ends on SIGTERM, one does not, and one has a child.
  private record Sessions(Proc polite, Proc stubborn, Proc parent, Proc grandchild) {
    static Sessions of(Server server, Processes processes, Path home) throws IOException {
      Path set = home.resolve("set-" + server.instanceId());
      String trap = "trap '' TERM; : > " + set + "; while :; do sleep 0.2; done";
      Proc stubborn = server.session("stubborn", "sh", "-c", trap);
      Proc polite = server.session("polite", POLITE);
      Proc parent = server.session("parent", PARENT);
      await().until(() -> Files.exists(set) && !Processes.children(parent.pid()).isEmpty());
      Proc grandchild = processes.adopt(Processes.children(parent.pid()).getFirst());
      return new Sessions(polite, stubborn, parent, grandchild);
    }

    List<Proc> all() {
      return List.of(polite, stubborn, parent, grandchild);
    }
  }

  /// A running server with sessions, which must stay as they are.
  private final class Bystander {
    private final Server server;
    private final Sessions sessions;
    private final byte[] record;

    Bystander(Server server) throws IOException {
      this.server = server;
      this.sessions = Sessions.of(server, processes, home);
      this.record = Files.readAllBytes(server.record());
    }

    void assertIsUntouched() {
      assertThat(sessions.all()).allMatch(Proc::isRunning);
      assertThat(server.record()).hasBinaryContent(record);
    }
  }

  @ParameterizedTest
  @EnumSource
  void deadOriginalIsSweptWhole(Version version) throws Exception {
    Original original = Original.require(version);
    Server dead = original.serve(processes, home);
    Bystander living = new Bystander(original.serve(processes, home));
    assertThat(dead.record()).hasParentRaw(version.stateDirectory(home).resolve("instances"));
    Sessions orphans = Sessions.of(dead, processes, home);
    dead.kill();

    SweepReport report = sweep(Map.of());

    assertThat(only(report, dead).record()).isEqualTo(RecordFate.REMOVED);
    assertThat(only(report, living.server).liveness()).isEqualTo(Liveness.ALIVE);
    assertThat(orphans.all()).noneMatch(Proc::isRunning);
    assertThat(dead.record()).doesNotExist();
    living.assertIsUntouched();
    assertThat(living.server.self().isRunning()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void containersOfADeadOriginalGo(Version version) throws Exception {
    try (RealEngine engine = RealEngine.require()) {
      Original original = Original.require(version);
      Server dead = original.serve(processes, home);
      Server living = original.serve(processes, home);
      List<String> command = List.of("sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done");
      engine.run(dead.labels(), List.of("--rm"), command);
      engine.run(dead.labels(), List.of(), command);
      String canary = engine.run(living.labels(), List.of(), command);
      String state = engine.state(canary);
      dead.kill();

      SweepReport report = sweep(engine.environment());

      assertThat(only(report, dead).record()).isEqualTo(RecordFate.REMOVED);
      assertThat(only(report, dead).resources()).hasSize(2);
      assertThat(engine.left()).containsExactly(canary);
      assertThat(engine.state(canary)).startsWith("running ").isEqualTo(state);
    }
  }

  /// The original sends one request to end and then forgets a server, whatever is left of it.
  @Test
  void sweepFinishesWhatTheOriginalForgetsMeanwhile() throws Exception {
    Original original = Original.require(Version.V1);
    Server dead = ours();
    Sessions orphans = Sessions.of(dead, processes, home);
    Bystander living = new Bystander(ours());
    dead.kill();
    AtomicBoolean cleaned = new AtomicBoolean();
    AtomicBoolean forgotten = new AtomicBoolean();

    SweepReport report =
        sweeper(Map.of())
            .progress((left, remaining) -> {
              if (!cleaned.getAndSet(true)) {
                original.cleanup(home);
                forgotten.set(Files.notExists(dead.record()) && orphans.stubborn().isRunning());
              }
            })
            .build()
            .sweep();

    assertThat(forgotten).isTrue();
    assertThat(orphans.all()).as(report.toString()).noneMatch(Proc::isRunning);
    assertThat(only(report, dead).record()).isEqualTo(RecordFate.REMOVED);
    assertThat(dead.record()).doesNotExist();
    assertThat(dead.lock()).doesNotExist();
    living.assertIsUntouched();
  }

  @Test
  void originalStopsWhatAServerOfOursListed() throws Exception {
    Original original = Original.require(Version.V1);
    Server dead = ours();
    Sessions orphans = Sessions.of(dead, processes, home);
    Bystander living = new Bystander(ours());
    dead.kill();

    original.cleanup(home);

    await().until(() -> !orphans.polite().isRunning() && !orphans.parent().isRunning());
    assertThat(dead.record()).doesNotExist();
    SweepReport report = sweep(Map.of());
    assertThat(report.problems()).isEmpty();
    assertThat(dead.lock()).doesNotExist();
    assertThat(only(report, living.server).liveness()).isEqualTo(Liveness.ALIVE);
    living.assertIsUntouched();
  }

  @ParameterizedTest
  @EnumSource
  void neitherTouchesWhatLives(Version version) throws Exception {
    Original original = Original.require(version);
    Server theirs = original.serve(processes, home);
    Server ours = ours();
    Sessions theirSessions = Sessions.of(theirs, processes, home);
    Sessions ourSessions = Sessions.of(ours, processes, home);
    byte[] theirRecord = Files.readAllBytes(theirs.record());
    byte[] ourRecord = Files.readAllBytes(ours.record());

    for (int round = 0; round < 2; round++) {
      original.cleanup(home);
      SweepReport report = sweep(Map.of());

      assertThat(only(report, theirs).liveness()).isEqualTo(Liveness.ALIVE);
      assertThat(only(report, ours).liveness()).isEqualTo(Liveness.ALIVE);
      assertThat(report.problems()).isEmpty();
      assertThat(theirs.record()).hasBinaryContent(theirRecord);
      assertThat(ours.record()).hasBinaryContent(ourRecord);
      assertThat(ours.lock()).exists();
      assertThat(theirSessions.all()).allMatch(Proc::isRunning);
      assertThat(ourSessions.all()).allMatch(Proc::isRunning);
    }

    // Both continue as before.
    theirs.session("more", POLITE);
    ours.session("more", POLITE);
    assertThat(Files.readString(theirs.record())).contains("more");
    assertThat(Files.readString(ours.record())).contains("more");
  }

  @ParameterizedTest
  @EnumSource
  void originalReadsOurRecords(Version version) throws Exception {
    Original original = Original.require(version);
    Server ours = ours();
    Proc session = ours.session("session", POLITE);

    JsonObject loaded = original.load(home, ours.record());

    assertThat(loaded.get("instance_id").getAsString()).isEqualTo(ours.instanceId());
    assertThat(loaded.get("pid").getAsLong()).isEqualTo(ours.self().pid());
    assertThat(loaded.getAsJsonObject("python_processes").get("session").getAsLong())
        .isEqualTo(session.pid());
  }

  @ParameterizedTest
  @EnumSource
  void originalReadsOurTombstonesOfItsRecords(Version version) throws Exception {
    Original original = Original.require(version);
    Server dead = original.serve(processes, home);
    Proc session = dead.session("session", POLITE);
    dead.kill();
    JsonObject before = JsonParser.parseString(Files.readString(dead.record())).getAsJsonObject();
    JsonObject future =
        JsonParser.parseString("{\"since\": [3, null, 1.50], \"ünïcode\": \"\"}").getAsJsonObject();
    before.add("of_a_later_version", future);
    Files.writeString(dead.record(), before.toString());

    try (BrokenEngine broken = BrokenEngine.with(Fault.REFUSES, home)) {
      SweepReport report = sweep(Map.of("DOCKER_HOST", broken.host()));
      assertThat(only(report, dead).record()).isEqualTo(RecordFate.KEPT);
    }

    assertThat(session.isRunning()).isFalse();
    JsonObject tombstone =
        JsonParser.parseString(Files.readString(dead.record())).getAsJsonObject();
    assertThat(tombstone.has("sweep")).isTrue();
    assertThat(tombstone.get("of_a_later_version").toString()).isEqualTo(future.toString());
    JsonObject loaded = original.load(home, dead.record());
    for (String key : List.of("instance_id", "pid", "started_at")) {
      assertThat(loaded.get(key)).isEqualTo(before.get(key));
    }
    assertThat(loaded.getAsJsonObject("python_processes").isEmpty()).isTrue();

    original.cleanup(home);
    assertThat(dead.record()).doesNotExist();
  }

  private Server ours() throws IOException {
    return Server.java(processes, home, "deephaven-mcp");
  }

  /// Sweeps both places of the original in this home.
  private SweepReport sweep(Map<String, String> engine) {
    return sweeper(engine).build().sweep();
  }

  private Sweeper.Builder sweeper(Map<String, String> engine) {
    Map<String, String> environment = new HashMap<>(engine);
    environment.put("HOME", home.toString());
    return Sweeper.builder()
        .application("deephaven-mcp")
        .environment(environment)
        .grace(Duration.ofSeconds(1));
  }

  private static InstanceReport only(SweepReport report, Server server) {
    List<InstanceReport> found =
        report.instances().stream()
            .filter(instance -> instance.instanceId().equals(server.instanceId()))
            .toList();
    assertThat(found).as(report.toString()).hasSize(1);
    return found.getFirst();
  }
}
