package dev.sexton.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.testkit.Packages;
import dev.sexton.testkit.Python;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.Requirement;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Sessions of clients on the official SDKs with servers from npm and PyPI, each behind `sexton
/// run`. The tests are skipped if these cannot be installed, and fail instead if
/// `SEXTON_REQUIRE_SDKS` is 1.
@Gate("needs npm and PyPI")
class McpSessionTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static Path fromNpm = Path.of("");
  private static Path fromPypi = Path.of("");

  @TempDir private Path home;
  private final Processes processes = new Processes();
  private Proc canary;

  /// A test of each client's SDK with each server.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  @ParameterizedTest
  @CsvSource({
    "python, everything", "python, time", "python, leaver",
    "typescript, everything", "typescript, time", "typescript, leaver",
  })
  private @interface EachServer {}

  @BeforeAll
  static void install() {
    fromNpm =
        Requirement.SDKS.get(
            "no SDKs here",
            () ->
                Packages.node(
                    "mcp-npm",
                    List.of(
                        "@modelcontextprotocol/sdk@1.32.2",
                        "@modelcontextprotocol/server-everything@2026.8.31")));
    fromPypi =
        Requirement.SDKS.get(
            "no SDKs here",
            () ->
                Packages.python(
                    "mcp-pypi",
                    Python.python3(),
                    List.of("mcp==1.30.0", "mcp-server-time==2026.10.10")));
  }

  @BeforeEach
  void startCanary() throws IOException {
    canary = processes.canary("env", "SEXTON_INSTANCE=mcp:of-somebody-else", "sleep", "600");
  }

  @AfterEach
  void end() {
    processes.close();
    Watchers.end(home.resolve("state"));
  }

  @EachServer
  void endsWithTheSession(String sdk, String server) throws IOException {
    Client client = connect(sdk, server);
    List<Proc> all = use(client, server);

    assertThat(client.ask("close")).isEqualTo("closed");

    awaitNothing(client, all);
  }

  @EachServer
  void endsWithTheClientThatIsKilled(String sdk, String server) throws IOException {
    Client client = connect(sdk, server);
    List<Proc> all = use(client, server);
    String call =
        switch (server) {
          case "everything" -> "trigger-long-running-operation {\"duration\": 600}";
          case "time" -> "get_current_time {\"timezone\": \"Etc/UTC\"}";
          default -> "hang {}";
        };
    assertThat(client.ask("begin " + call)).isEqualTo("begun");

    client.kill();

    awaitNothing(client, all);
  }

  private Client connect(String sdk, String server) throws IOException {
    List<String> program = new ArrayList<>();
    if (sdk.equals("python")) {
      program.addAll(List.of(fromPypi.resolve("bin/python").toString(), script("session.py")));
    } else {
      program.addAll(List.of("node", script("session.js")));
    }
    List<String> run = new ArrayList<>(List.of("--grace", "1s"));
    run.addAll(
        switch (server) {
          case "everything" ->
              List.of(
                  "npx", "--no", "--offline", "--prefix", fromNpm + "", "mcp-server-everything");
          case "time" -> List.of(fromPypi.resolve("bin/python") + "", "-m", "mcp_server_time");
          default -> List.of(fromPypi.resolve("bin/python") + "", script("leaver.py"));
        });
    Map<String, String> environment = Map.of("NODE_PATH", fromNpm.resolve("node_modules") + "");
    return new Client(processes, home, environment, program, run);
  }

  /// Lists the tools, calls one, and returns every process that exists now. When this method
  /// returns, a watcher holds the server.
  private List<Proc> use(Client client, String server) throws IOException {
    String tools = client.ask("list");
    List<Proc> all = new ArrayList<>(List.of(client.server()));
    switch (server) {
      case "everything" -> {
        assertThat(tools).contains("echo", "trigger-long-running-operation");
        assertThat(client.ask("call echo {\"message\": \"über alles\"}")).contains("über alles");
      }
      case "time" -> {
        assertThat(tools).isEqualTo("get_current_time convert_time");
        assertThat(client.ask("call get_current_time {\"timezone\": \"Asia/Tokyo\"}"))
            .contains("+09:00");
      }
      default -> {
        assertThat(tools).isEqualTo("leave hang");
        all.add(processes.adopt(Long.parseLong(client.ask("call leave {}"))));
      }
    }
    for (int i = 0; i < all.size(); i++) {
      Processes.children(all.get(i).pid()).forEach(child -> all.add(processes.adopt(child)));
    }
    client.watcher();
    return all;
  }

  private void awaitNothing(Client client, List<Proc> all) throws IOException {
    await().atMost(LIMIT).untilAsserted(() -> assertThat(all).noneMatch(Proc::isRunning));
    client.awaitNothing();
    assertThat(canary.isRunning()).isTrue();
    assertThat(client.errors()).doesNotContain("sexton:");
  }

  private String script(String name) {
    Path copy = home.resolve(name);
    Python.copy("/dev/sexton/run/" + name, copy);
    return copy.toString();
  }
}
