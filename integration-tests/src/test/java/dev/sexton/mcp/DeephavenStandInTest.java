package dev.sexton.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sexton.testkit.Python;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.RealEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests Deephaven sessions with stand-ins, for states that a real server does not let a test
/// cause.
@Gate("takes long, and needs a container engine")
@Timeout(300)
class DeephavenStandInTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String IMAGE = "sexton-test/deephaven:local";

  /// Prints its variables, as a server prints its key, and answers.
  private static final String SERVE =
      "echo $START_OPTS; echo $JAVA_TOOL_OPTIONS; busybox mkdir /www; echo here > /www/index.html;"
          + " exec busybox httpd -f -p 10000 -h /www";

  @TempDir private Path home;
  private final Processes processes = new Processes();
  private final List<ServerSocket> sockets = new ArrayList<>();

  @AfterEach
  void endWhatIsLeft() throws IOException {
    processes.close();
    Watchers.end(home.resolve("state"));
    for (ServerSocket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void neverHandsOutWhatSomebodyElseAnswersOnItsPort() throws Exception {
    Path bin = standIn("late serve");
    DirectClient client = new DirectClient(processes, home, Map.of());
    CompletableFuture<JsonObject> created = CompletableFuture.supplyAsync(() -> create(client));

    await().atMost(LIMIT).until(() -> Files.exists(bin.resolve("port")));
    int stolen = Integer.parseInt(Files.readString(bin.resolve("port")));
    ServerSocket thief = new ServerSocket(stolen);
    sockets.add(thief);
    JsonObject session = created.join();

    assertThat(session.get("port").getAsInt()).isNotEqualTo(stolen);
    processes.adopt(session.get("pid").getAsLong());
    assertThat(status(session)).isEqualTo(200);
    thief.setSoTimeout(1);
    assertThat(accepts(thief)).as("the thief was asked anything").isFalse();
    // The state directory is removed with this test. Its child could not be attributed later.
    assertThat(client.call("deephaven_session_delete", Map.of("name", "tables")).get("clean"))
        .isEqualTo(new JsonPrimitive(true));
  }

  @Test
  void stopsWhatDoesNotAnswerInTime() throws Exception {
    standIn("late");
    DirectClient client = new DirectClient(processes, home, Map.of());
    assertThat(
            client.refusal(
                "deephaven_session_create",
                Map.of(
                    "name",
                    "tables",
                    "python_venv",
                    home.resolve("venv").toString(),
                    "ready_timeout_seconds",
                    1)))
        .contains("was not ready within");
    assertThat(client.call("session_list", Map.of()).getAsJsonArray("sessions")).isEmpty();
  }

  @Test
  void runsInAContainerThatIsGoneWithTheServerThatIsKilled() throws Exception {
    try (RealEngine engine = RealEngine.require()) {
      String made = engine.create(Map.of(), List.of("true"));
      engine.docker("commit", "-c", "CMD [\"sh\", \"-c\", \"" + SERVE + "\"]", made, IMAGE);
      DirectClient client = new DirectClient(processes, home, engine.environment());

      JsonObject session = inContainer(client, "tables");
      String id = session.get("container_id").getAsString();
      String key = session.get("psk").getAsString();

      assertThat(status(session)).isEqualTo(200);
      assertThat(engine.docker("inspect", "-f", "{{.HostConfig.Memory}}", id))
          .isEqualTo(Long.toString(1L << 28));
      assertThat(client.call("session_output", Map.of("name", "tables")).toString())
          .contains("-Xmx512m", "-Dauthentication.psk=[hidden]")
          .doesNotContain(key);
      assertThat(engine.docker("top", id, "-eo", "pid,args")).contains("httpd").doesNotContain(key);

      String second = inContainer(client, "second").get("container_id").getAsString();
      JsonObject deleted = client.call("deephaven_session_delete", Map.of("name", "second"));
      assertThat(deleted.get("clean").getAsBoolean()).isTrue();
      assertThat(isThere(engine, second)).isFalse();
      assertThat(isThere(engine, id)).isTrue();

      client.process().destroyForcibly();
      await().atMost(LIMIT).until(() -> !isThere(engine, id));
    }
  }

  private static JsonObject inContainer(DirectClient client, String name) throws IOException {
    return client.call(
        "deephaven_session_create",
        Map.of(
            "name", name, "method", "docker", "image", IMAGE, "heap_gb", 0.5, "memory_gb", 0.25));
  }

  private static boolean isThere(RealEngine engine, String id) {
    return engine.docker("ps", "-aq", "--no-trunc").contains(id);
  }

  private Path standIn(String plan) throws IOException {
    Path bin = Files.createDirectories(home.resolve("venv/bin"));
    Files.writeString(bin.resolve("plan"), plan);
    Path script = bin.resolve("deephaven.py");
    Python.copy("/dev/sexton/mcp/deephaven.py", script);
    Path command = bin.resolve("deephaven");
    Files.writeString(command, "#!/bin/sh\n" + Python.python3() + " " + script + " \"$@\"\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    return bin;
  }

  private JsonObject create(DirectClient client) {
    try {
      return client.call(
          "deephaven_session_create",
          Map.of("name", "tables", "python_venv", home.resolve("venv").toString()));
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  private static int status(JsonObject session) throws IOException {
    URI uri = URI.create(session.get("url").getAsString());
    return ((HttpURLConnection) uri.toURL().openConnection()).getResponseCode();
  }

  private static boolean accepts(ServerSocket socket) throws IOException {
    try {
      socket.accept().close();
      return true;
    } catch (SocketTimeoutException nobody) {
      return false;
    }
  }
}
