package dev.sexton.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.testkit.Processes;
import dev.sexton.testkit.RealEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sexton run docker run}: the container goes with its client, whenever that is killed. */
@Tag("engine")
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
    engine.close();
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
    Client client = client("--rm", RealEngine.IMAGE, "sleep", "600"); // which ignores SIGTERM
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
