package dev.sexton.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testkit.Python;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Gate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs the official conformance suite and the official Inspector, as docs/mcp-conformance.md says.
@Gate("needs npm and PyPI")
@EnabledOnOs(OS.LINUX)
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConformanceTest extends SessionTestBase {
  private Path modules = Path.of("");

  @BeforeEach
  void install() {
    modules = Sdks.judges().resolve("node_modules");
  }

  private String node() {
    return modules.resolve("node/bin/node").toString();
  }

  private JsonObject http(String... options) throws IOException {
    List<String> command = SdkClient.server(traces, "--http", "0", "--json");
    command.addAll(List.of(options));
    return Announced.start(processes, traces, command, modules);
  }

  /// Runs the suite. Its exit code tells whether it failed.
  private String conformance(String url, String... options) {
    List<String> command = new ArrayList<>();
    command.add(node());
    command.add(modules.resolve("@modelcontextprotocol/conformance/dist/index.js").toString());
    command.addAll(List.of("server", "--url", url));
    command.addAll(List.of("--output-dir", traces.home().resolve("results").toString()));
    command.addAll(List.of(options));
    return Commands.run(command, Map.of(), 300);
  }

  @Test
  void conformsOverHttp() throws IOException {
    Path baseline = traces.home().resolve("conformance.yml");
    Python.copy("/dev/sexton/mcp/conformance.yml", baseline);

    String said =
        conformance(
            http("--no-token").get("url").getAsString(), // The suite has none to send.
            "--suite",
            "all",
            "--spec-version",
            "2025-11-25",
            "--expected-failures",
            baseline.toString());

    assertThat(said)
        .contains("✓ server-initialize", "✓ tools-list", "✓ resources-subscribe", "✓ prompts-list")
        .contains("✓ dns-rebinding-protection", "✓ server-sse-multiple-streams");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "server-initialize",
        "logging-set-level",
        "ping",
        "tools-list",
        "resources-list",
        "resources-subscribe",
        "resources-unsubscribe",
        "prompts-list"
      })
  void conformsOverStdio(String scenario) throws IOException {
    Path bridge = traces.home().resolve("bridge.js");
    Python.copy("/dev/sexton/mcp/bridge.js", bridge);
    List<String> command = new ArrayList<>(List.of(node(), bridge.toString()));
    command.addAll(SdkClient.server(traces));
    String url = Announced.start(processes, traces, command, modules).get("url").getAsString();

    assertThat(conformance(url, "--scenario", scenario)).contains("0 failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stdio", "http"})
  void pleasesTheInspector(String transport) throws IOException {
    List<String> target;
    if (transport.equals("stdio")) {
      // The command is only a program: the Inspector would take options for its own.
      Path script = traces.home().resolve("server.sh");
      Files.writeString(script, "exec '" + String.join("' '", SdkClient.server(traces)) + "'\n");
      target = List.of("sh", script.toString());
    } else {
      JsonObject server = http();
      String token = Files.readString(Path.of(server.get("token_file").getAsString())).strip();
      target =
          List.of(
              "--server-url",
              server.get("url").getAsString(),
              "--header",
              "Authorization: Bearer " + token);
    }

    JsonObject tools = inspect(target, "tools/list", "--strict");
    assertThat(tools.getAsJsonArray("tools").toString())
        .contains("session_start", "session_wait", "orphans_sweep", "history");
    String arguments = "{\"name\":\"up\",\"command\":\"echo\",\"arguments\":[\"up\"]}";
    JsonObject started =
        inspect(
            target, "tools/call", "--tool-name", "session_start", "--tool-args-json", arguments);
    assertThat(Answer.of(started).ok().string("name")).isEqualTo("up");
    JsonObject refused =
        inspectFailing(
            target, "tools/call", "--tool-name", "session_info", "--tool-arg", "name=no");
    assertThat(Answer.of(refused).refusal()).contains("no session named no");
    assertThat(inspect(target, "resources/list").toString())
        .contains("sexton://instances", "sexton://history");
    JsonObject instances = inspect(target, "resources/read", "--uri", "sexton://instances");
    assertThat(instances.getAsJsonArray("contents").toString()).contains("application/json");
    assertThat(inspect(target, "prompts/list").toString()).contains("find_leftovers");
    assertThat(inspect(target, "prompts/get", "--prompt-name", "find_leftovers").toString())
        .contains("orphans_list");
  }

  private JsonObject inspect(List<String> target, String method, String... options)
      throws IOException {
    return inspect(target, method, List.of(options), "");
  }

  /// Runs a call that is refused, after which the Inspector ends with an error.
  private JsonObject inspectFailing(List<String> target, String method, String... options)
      throws IOException {
    return inspect(target, method, List.of(options), " || [ $? = 5 ]");
  }

  /// Returns what the Inspector prints. Its exit code tells whether it failed.
  private JsonObject inspect(
      List<String> target, String method, List<String> options, String tolerance)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c"));
    command.add("out=$1; shift; \"$@\" >\"$out\" </dev/null" + tolerance);
    Path out = traces.home().resolve("out");
    command.addAll(List.of("sh", out.toString(), node()));
    command.add(modules.resolve(".bin/mcp-inspector").toString());
    command.add("--cli");
    command.addAll(target);
    command.addAll(List.of("--method", method));
    command.addAll(options);
    Commands.run(command, traces.environment(), 120);
    return JsonParser.parseString(Files.readString(out)).getAsJsonObject();
  }
}
