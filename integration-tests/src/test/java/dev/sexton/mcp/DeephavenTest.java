package dev.sexton.mcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import dev.sexton.testkit.Packages;
import dev.sexton.testkit.Python;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Starts the Deephaven server from PyPI over MCP and uses it through its own client. The test is
/// skipped if the server cannot be installed, and fails instead if `SEXTON_REQUIRE_ORIGINAL` is 1.
@Gate("needs PyPI")
@Timeout(1500) // The first test installs the server, some hundred megabytes.
class DeephavenTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String KEY = "a-key.that_is~given-by-the-client";

  private static Path venv = Path.of("");

  @TempDir private Path home;
  private final Processes processes = new Processes();

  @BeforeAll
  static void install() {
    venv =
        Requirement.ORIGINAL.get(
            "no Deephaven here",
            () ->
                Packages.python(
                    "deephaven",
                    Python.python3(),
                    List.of("deephaven-server==42.7", "pydeephaven==42.7")));
  }

  @AfterEach
  void endWhatIsLeft() {
    processes.close();
    Watchers.end(home.resolve("state"));
  }

  @Test
  void isUsedWithItsKeyAndGoneWithTheServerThatIsKilled() throws Exception {
    DirectClient client = connect();
    JsonObject session = create(client, Map.of());
    String key = session.get("psk").getAsString();
    Proc server = processes.adopt(session.get("pid").getAsLong());

    assertThat(key).matches("[A-Za-z0-9_-]{43}");
    String answer = query(session, key);
    assertThat(answer).contains("made: [0, 1, 4, 9, 16]").contains("ours: [0, 1, 8]");
    List<Proc> all = List.of(server, sleeper(answer));
    assertThat(query(session, key + "x")).startsWith("refused:");
    assertThat(query(session, KEY)).startsWith("refused:");
    assertThat(client.notifications().toString()).contains("an HTTP answer from Deephaven");
    assertIsNowhere(key, client, server);

    assertThat(all).allMatch(Proc::isRunning);
    client.process().destroyForcibly();

    await().atMost(LIMIT).untilAsserted(() -> assertThat(all).noneMatch(Proc::isRunning));
  }

  @Test
  void isDeletedWithAllThatItStarted() throws Exception {
    DirectClient client = connect();
    JsonObject session = create(client, Map.of("psk", KEY));
    Proc server = processes.adopt(session.get("pid").getAsLong());
    assertThat(session.get("psk").getAsString()).isEqualTo(KEY);
    List<Proc> all = List.of(server, sleeper(query(session, KEY)));
    assertIsNowhere(KEY, client, server);

    JsonObject deleted = client.call("deephaven_session_delete", Map.of("name", "tables"));

    assertThat(deleted.get("clean").getAsBoolean()).isTrue();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(all).noneMatch(Proc::isRunning));
    assertThat(client.refusal("deephaven_session_delete", Map.of("name", "tables")))
        .contains("no session named tables");
    JsonObject other =
        client.call(
            "session_start",
            Map.of("name", "other", "command", "sleep", "arguments", List.of("600")));
    Proc sleeper = processes.adopt(other.get("pid").getAsLong());
    assertThat(client.refusal("deephaven_session_delete", Map.of("name", "other")))
        .contains("session_stop");
    assertThat(sleeper.isRunning()).isTrue();
  }

  @Test
  void needsNoKeyIfItIsAnonymous() throws Exception {
    DirectClient client = connect();
    JsonObject session = create(client, Map.of("authentication", "anonymous"));
    Proc server = processes.adopt(session.get("pid").getAsLong());
    assertThat(server.isRunning()).isTrue();
    assertThat(session.get("psk").isJsonNull()).isTrue();
    sleeper(query(session, ""));
  }

  @Test
  void tellsWhyItCannotStart() throws Exception {
    DirectClient client = connect();
    assertThat(
            client.refusal(
                "deephaven_session_create",
                Map.of(
                    "name", "tables",
                    "python_venv", venv.toString(),
                    "jvm_arguments", List.of("-Xms8g", "-Xmx4g"))))
        .contains("ended with exit code")
        .contains("heap");
    assertThat(client.call("session_list", Map.of()).getAsJsonArray("sessions")).isEmpty();
  }

  /// Returns the process that a script in the server has started, in its own session.
  private Proc sleeper(String answer) {
    Matcher pid = Pattern.compile("sleeper: (\\d+)").matcher(answer);
    assertThat(pid.find()).as(answer).isTrue();
    return processes.adopt(Long.parseLong(pid.group(1)));
  }

  private DirectClient connect() throws IOException {
    return new DirectClient(processes, home, Map.of());
  }

  private JsonObject create(DirectClient client, Map<String, String> more) throws IOException {
    Map<String, Object> arguments = new HashMap<>(more);
    arguments.put("name", "tables");
    arguments.put("python_venv", venv.toString());
    arguments.put("heap_gb", 0.5);
    arguments.put("ready_timeout_seconds", 120);
    return client.call("deephaven_session_create", arguments);
  }

  private String query(JsonObject session, String key) throws Exception {
    Path script = home.resolve("query.py");
    Python.copy("/dev/sexton/mcp/query.py", script);
    Path out = Files.createTempFile(home, "query", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(
                venv.resolve("bin/python").toString(),
                script.toString(),
                session.get("port").getAsString(),
                session.get("auth_type").getAsString())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().putAll(Server.environment(home));
    Process process = processes.start(builder);
    try (var input = process.outputWriter(UTF_8)) {
      input.write(key + "\n");
    }
    assertThat(process.waitFor()).as(Files.readString(out)).isZero();
    return Files.readString(out);
  }

  /// Asserts that the key is in nothing that the server prints, keeps or shows, except the answer
  /// that was already read.
  private void assertIsNowhere(String key, DirectClient client, Proc server) throws IOException {
    String output =
        client.call("session_output", Map.of("name", "tables", "lines", 1000)).toString();
    assertThat(output).contains("/?psk=[hidden]").doesNotContain(key);
    assertThat(client.call("session_list", Map.of()).toString()).doesNotContain(key);
    assertThat(client.call("session_info", Map.of("name", "tables")).toString())
        .doesNotContain(key);
    assertThat(client.call("orphans_list", Map.of()).toString()).doesNotContain(key);
    assertThat(client.call("history", Map.of()).toString()).doesNotContain(key);
    assertThat(client.errors()).doesNotContain(key);
    assertThat(client.notifications().toString()).doesNotContain(key);
    for (String file : List.of("cmdline", "environ")) {
      assertThat(Files.readString(Path.of("/proc/" + server.pid(), file))).doesNotContain(key);
    }
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
            .as(file.toString())
            .doesNotContain(key);
      }
    }
  }
}
