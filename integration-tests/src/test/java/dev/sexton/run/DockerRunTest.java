package dev.sexton.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.RealEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs `sexton run docker run`. The container ends with its client, whenever that is killed.
@Gate("needs a container engine")
class DockerRunTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path home;
  private final Processes processes = new Processes();
  private RealEngine engine;

  @BeforeEach
  void findEngine() throws IOException {
    engine = RealEngine.require();
  }

  @AfterEach
  void end() {
    processes.close();
    Watchers.end(home.resolve("state"));
    if (engine != null) { // Null if the test was skipped.
      engine.close();
    }
  }

  @Test
  void labelsTheContainer() throws IOException {
    Client client = client("--rm", "-i", RealEngine.IMAGE, "cat");
    await().atMost(LIMIT).until(() -> isRunning(engine.left()));
    String id = Files.readString(client.record());
    String uuid = client.record().getFileName().toString().replace(".json", "");

    assertThat(id).contains("\"containers\": true");
    assertThat(engine.containersWith("mcp-server-instance=" + uuid))
        .isEqualTo(engine.left())
        .hasSize(1);

    client.tell("stdin");
    assertThat(client.exitCode()).isZero();
    client.awaitNothing();
    assertThat(engine.left()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 16, 24, 32, 45, 60, 90, 130, 200, 300, 500})
  void takesTheContainerAlong(int millis) throws IOException, InterruptedException {
    Client client = client("--rm", RealEngine.IMAGE, "sleep", "600"); // it ignores SIGTERM
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(1))
        .until(() ->
            Files.readString(Path.of("/proc/" + client.server().pid() + "/comm"))
                .startsWith("docker"));
    Thread.sleep(millis); // The moment is what is tested.
    client.tell("server");

    client.awaitNothing();
    assertThat(engine.left()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "env A=1",
        "env -u A nice -n 1",
        "timeout --signal=TERM 600",
        "nohup stdbuf -oL",
      })
  void takesAContainerAlongThatIsStartedThroughOthers(String before) throws IOException {
    Client client = behind(List.of(before.split(" ", -1)), "docker", "--log-level", "error", "run");
    await().atMost(LIMIT).until(() -> isRunning(engine.left()));
    assertThat(client.errors()).isEmpty();
    client.tell("server");
    client.awaitNothing();
    assertThat(engine.left()).isEmpty();
  }

  @Test
  void takesAContainerAlongThatRestartsAlways() throws IOException {
    Client client = behind(List.of(), "docker", "run", "--restart", "always", "-e", "SOMETHING=1");
    await().atMost(LIMIT).until(() -> isRunning(engine.left()));
    client.tell("server");
    client.awaitNothing();
    assertThat(engine.left()).isEmpty();
  }

  @Test
  void saysThatItCannotLabelWhatAShellStarts() throws IOException {
    Client client = behind(List.of("sh", "-c", "docker \"$@\"; true # docker run", "sh"), "run");
    await().atMost(LIMIT).until(() -> isRunning(engine.left()));
    assertThat(client.errors().lines())
        .singleElement()
        .asString()
        .startsWith("sexton: the containers that a shell script starts cannot be labelled");
    client.tell("server");
    client.awaitNothing();
    assertThat(engine.left()).hasSize(1);
  }

  /// Any server can read its instance from its environment and label what it makes.
  @Test
  void takesAContainerAlongThatTheServerLabels() throws IOException {
    List<String> server = new ArrayList<>(List.of("sh", "-c"));
    server.add(
        "docker \"$@\" --label \"${SEXTON_INSTANCE%%:*}-server-instance=${SEXTON_INSTANCE#*:}\" "
            + RealEngine.IMAGE
            + " sleep 600 >/dev/null; exec sleep 600 # docker run");
    server.addAll(List.of("sh", "run", "-d"));
    server.addAll(engine.labels(Map.of()));
    Client client = run(server);
    await().atMost(LIMIT).until(() -> isRunning(engine.left()));
    assertThat(Files.readString(client.record())).doesNotContain("\"containers\"");
    client.tell("server");
    client.awaitNothing();
    assertThat(engine.left()).isEmpty();
  }

  @Test
  void endsWhatExecStartedButNotTheContainer() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root sees into containers");
    String box = engine.run(Map.of(), List.of(), List.of("sleep", "600"));
    String stubborn = "trap '' HUP TERM; while :; do sleep 0.5; done";
    Client client = run(List.of("docker", "exec", "-i", box, "sh", "-c", stubborn));
    await().atMost(LIMIT).until(() -> engine.docker("top", box).contains("trap"));
    client.tell("server");
    client.awaitNothing();
    assertThat(engine.docker("top", box)).doesNotContain("trap");
    assertThat(isRunning(engine.left())).isTrue();
  }

  private Client behind(List<String> before, String... docker) throws IOException {
    List<String> words = new ArrayList<>(before);
    words.addAll(List.of(docker));
    words.addAll(engine.labels(Map.of()));
    words.addAll(List.of(RealEngine.IMAGE, "sleep", "600"));
    return run(words);
  }

  private Client run(List<String> server) throws IOException {
    List<String> words = new ArrayList<>(List.of("--grace", "0"));
    words.addAll(server);
    return Client.start(processes, home, engine.environment(), words);
  }

  private boolean isRunning(List<String> ids) {
    return ids.size() == 1 && engine.state(ids.getFirst()).startsWith("running");
  }

  private Client client(String... words) throws IOException {
    List<String> run = new ArrayList<>(List.of("--grace", "0"));
    run.addAll(List.of("docker", "run"));
    run.addAll(engine.labels(Map.of()));
    run.addAll(List.of(words));
    return Client.start(processes, home, engine.environment(), run);
  }
}
