package dev.sexton.original;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests the original's MCP server as a client starts it, over standard input and output.
@Gate("needs PyPI")
@Timeout(1200) // The first test installs the original.
class OriginalServerTest {
  private static final Duration LONG = Duration.ofSeconds(90);

  @TempDir Path home;
  private final Processes processes = new Processes();

  /// One server and what its client has of it.
  private record Client(Process process, Proc self, BufferedWriter input, BufferedReader output) {
    JsonObject ask(int id, String method, String parameters) throws IOException {
      send("\"id\": " + id + ", \"method\": \"" + method + "\", \"params\": " + parameters);
      JsonObject answer = JsonParser.parseString(output.readLine()).getAsJsonObject();
      assertThat(answer.get("id").getAsInt()).isEqualTo(id);
      return answer.getAsJsonObject("result");
    }

    void send(String message) throws IOException {
      input.write("{\"jsonrpc\": \"2.0\", " + message + "}\n");
      input.flush();
    }
  }

  @AfterEach
  void endWhatIsLeft() {
    processes.close();
  }

  @Test
  void livesWhileItLivesAndIsSweptWhenItIsKilled() throws Exception {
    Original original = Original.require(Version.V1);
    Client dead = start(original);
    Client living = start(original);
    Path record = recordOf(dead);
    byte[] content = Files.readAllBytes(record);

    assertThat(sweep(dead).liveness()).isEqualTo(Liveness.ALIVE);
    assertThat(record).hasBinaryContent(content);
    assertThat(dead.ask(2, "ping", "{}").isEmpty()).isTrue();

    dead.process().destroyForcibly().waitFor();
    InstanceReport swept = sweep(dead);
    assertThat(swept.liveness()).isEqualTo(Liveness.DEAD);
    assertThat(swept.record()).isEqualTo(RecordFate.REMOVED);
    assertThat(record).doesNotExist();

    assertThat(sweep(living).liveness()).isEqualTo(Liveness.ALIVE);
    assertThat(recordOf(living)).exists();
    assertThat(living.ask(2, "ping", "{}").isEmpty()).isTrue();
  }

  /// Starts a server in its own session, as its client does, and completes the handshake.
  private Client start(Original original) throws IOException {
    Path configuration = home.resolve("deephaven_mcp.json");
    Files.writeString(configuration, "{}");
    ProcessBuilder builder =
        new ProcessBuilder("setsid", original.server().toString())
            .redirectError(Files.createTempFile(home, "server", ".stderr").toFile());
    builder.environment().clear();
    builder.environment().putAll(Server.environment(home));
    builder.environment().put("DH_MCP_CONFIG_FILE", configuration.toString());
    Process process = processes.start(builder);
    Client client =
        new Client(
            process,
            processes.adopt(process.pid()),
            process.outputWriter(UTF_8),
            process.inputReader(UTF_8));
    JsonObject result =
        client.ask(
            1,
            "initialize",
            """
            {"protocolVersion": "2024-11-05", "capabilities": {},\
             "clientInfo": {"name": "test", "version": "1"}}\
            """);
    assertThat(result.getAsJsonObject("serverInfo").get("name").getAsString())
        .startsWith("deephaven-mcp");
    client.send("\"method\": \"notifications/initialized\"");
    await().atMost(LONG).until(() -> records().anyMatch(record -> isOf(client, record)));
    return client;
  }

  private Stream<Path> records() throws IOException {
    Path instances = Version.V1.stateDirectory(home).resolve("instances");
    if (!Files.isDirectory(instances)) {
      return Stream.of();
    }
    try (Stream<Path> files = Files.list(instances)) {
      return files.filter(file -> file.toString().endsWith(".json")).toList().stream();
    }
  }

  private static boolean isOf(Client client, Path record) {
    try {
      JsonObject json = JsonParser.parseString(Files.readString(record)).getAsJsonObject();
      return json.get("pid").getAsLong() == client.self().pid();
    } catch (IOException gone) {
      return false;
    }
  }

  private Path recordOf(Client client) throws IOException {
    return records().filter(record -> isOf(client, record)).findFirst().orElseThrow();
  }

  private InstanceReport sweep(Client client) {
    SweepReport report =
        Sweeper.builder()
            .application("deephaven-mcp")
            .environment(Map.of("HOME", home.toString()))
            .build()
            .sweep();
    List<InstanceReport> found =
        report.instances().stream()
            .filter(instance -> instance.owner().pid() == client.self().pid())
            .toList();
    assertThat(found).as(report.toString()).hasSize(1);
    return found.getFirst();
  }
}
