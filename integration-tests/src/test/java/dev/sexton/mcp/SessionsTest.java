package dev.sexton.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.testkit.Python;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.ProcScan;
import dev.sexton.testsupport.RealEngine;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs complete sessions with clients on the official SDKs for Python and TypeScript.
@Gate("needs npm and PyPI")
@EnabledOnOs(OS.LINUX)
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SessionsTest extends SessionTestBase {
  /// Announces itself, then answers each line of its input.
  private static final List<String> ECHO =
      List.of("-c", "echo up; while read -r line; do echo \"got $line\"; done; echo over >&2");

  private String tree = "";
  private Proc canary = new Proc(1, 0);

  @BeforeEach
  void startCanary() throws IOException {
    tree = traces.home().resolve("tree.sh").toString();
    Python.copy("/dev/sexton/mcp/tree.sh", Path.of(tree));
    canary = processes.canary("env", "SEXTON_INSTANCE=mcp:of-somebody-else", "sleep", "600");
  }

  @AfterEach
  void canaryIsUntouched() {
    assertThat(canary.isRunning()).isTrue();
  }

  /// A test with the client of each SDK.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  @ParameterizedTest
  @ValueSource(strings = {"python", "typescript"})
  private @interface EachSdk {}

  /// Ends the client, and waits until nothing of it is left.
  private void closeAndAwaitNothing(SdkClient client) throws IOException {
    client.close();
    traces.awaitNone(client.pid());
  }

  private SdkClient connect(String sdk, String... options) throws IOException {
    return new SdkClient(processes, traces, sdk, options);
  }

  /// Returns arguments of `session_start` for a shell.
  private static Map<String, Object> shell(String name, List<String> arguments) {
    return new HashMap<>(
        Map.of(
            "name",
            name,
            "command",
            "sh",
            "arguments",
            arguments,
            "environment",
            Map.of("TEST_SESSION", name)));
  }

  private Map<String, Object> tree(String name) {
    Map<String, Object> arguments = shell(name, List.of(tree));
    arguments.put("ready", Map.of("line", "up"));
    return arguments;
  }

  private static Map<String, Object> neverReady(String name) {
    Map<String, Object> arguments =
        shell(name, List.of("-c", "trap '' TERM; setsid sleep 600 & echo begun; sleep 600"));
    arguments.put("ready", Map.of("line", "never"));
    arguments.put("ready_timeout_seconds", 600);
    return arguments;
  }

  /// One watcher handles all sessions, and everything else that the user runs.
  @Test
  void noSessionNeedsAShellOfItsOwn() throws IOException {
    SdkClient client = connect("python");
    for (int i = 0; i < 5; i++) {
      client.call("session_start", shell("many" + i, List.of("-c", "sleep 600"))).ok();
    }
    Proc watcher = Watchers.awaitHolding(traces.state(), client.server().pid());
    List<String> records = traces.files().stream().filter(file -> file.endsWith(".json")).toList();
    assertThat(records).hasSize(5);
    for (String record : records) {
      String id = Path.of(record).getFileName().toString().replace(".json", "");
      assertThat(ProcScan.sentinelsOf(id)).isEmpty();
    }

    client.server().kill();

    traces.awaitNone(client.pid());
    assertThat(watcher.isRunning()).isTrue();
  }

  @EachSdk
  void livesAWholeLife(String sdk) throws IOException {
    SdkClient client = connect(sdk);
    Map<String, Object> start = shell("echo", ECHO);
    start.put("ready", Map.of("line", "up"));

    Answer started = client.call("session_start", start).ok();

    assertThat(started.string("state")).isEqualTo("running");
    Proc process = processes.adopt(started.get("pid").getAsLong());
    assertThat(client.call("session_start", start).refusal()).contains("echo exists already");
    Answer first = client.call("session_output", Map.of("name", "echo")).ok();
    assertThat(first.output("stdout").get("text").getAsString()).isEqualTo("up\n");
    int next = first.output("stdout").get("next").getAsInt();

    client.call("session_input", Map.of("name", "echo", "text", "über alles\n")).ok();

    Map<String, Object> rest = Map.of("name", "echo", "stdout_from", next);
    await()
        .atMost(Traces.LIMIT)
        .untilAsserted(() ->
            assertThat(
                    client
                        .call("session_output", rest)
                        .ok()
                        .output("stdout")
                        .get("text")
                        .getAsString())
                .isEqualTo("got über alles\n"));
    Answer info = client.call("session_info", Map.of("name", "echo")).ok();
    assertThat(info.get("resources").toString()).contains(Long.toString(process.pid()));
    assertThat(client.call("session_list", Map.of()).ok().get("sessions").getAsJsonArray())
        .hasSize(1);
    assertThat(
            client
                .call("session_wait", Map.of("name", "echo", "timeout_seconds", 0))
                .ok()
                .flag("ended"))
        .isFalse();

    client.call("session_input", Map.of("name", "echo", "text", "", "end", true)).ok();
    Answer ended = client.call("session_wait", Map.of("name", "echo")).ok();

    assertThat(ended.flag("ended")).isTrue();
    assertThat(ended.integer("exit_code")).isZero();
    assertThat(process.isRunning()).isFalse();
    assertThat(
            client
                .call("session_output", Map.of("name", "echo"))
                .ok()
                .output("stderr")
                .get("text")
                .getAsString())
        .isEqualTo("over\n");
    client.call("session_start", start).ok(); // Its name is free again.
    assertThat(client.call("session_info", Map.of("name", "nobody")).refusal()).contains("nobody");
    assertThat(client.strays()).isEmpty();

    closeAndAwaitNothing(client);
  }

  @EachSdk
  void waitsForAPortAndAPath(String sdk) throws IOException {
    SdkClient client = connect(sdk);
    int port = freePort();
    Map<String, Object> server =
        Map.of(
            "name",
            "web",
            "command",
            Python.python3().toString(),
            "arguments",
            List.of("-m", "http.server", "--bind", "127.0.0.1", Integer.toString(port)),
            "ready",
            Map.of("port", port, "http_path", "/"));

    client.call("session_start", server).ok();

    assertThat(
            client
                .call("session_output", Map.of("name", "web"))
                .ok()
                .output("stderr")
                .get("text")
                .getAsString())
        .contains("GET /");
    assertThat(client.call("session_stop", Map.of("name", "web")).ok().flag("clean")).isTrue();
    closeAndAwaitNothing(client);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @EachSdk
  void tellsThatItStillWaits(String sdk) throws IOException {
    SdkClient client = connect(sdk);
    SdkClient.Pending start = client.begin("session_start", neverReady("slow"));
    await().atMost(Traces.LIMIT).until(() -> start.progress().size() >= 2);
    assertThat(start.progress()).allMatch(message -> message.contains("never"));
    client.call("session_start", shell("sleeper", List.of("-c", "sleep 600"))).ok();
    SdkClient.Pending wait = client.begin("session_wait", Map.of("name", "sleeper"));
    await().atMost(Traces.LIMIT).until(() -> wait.progress().size() >= 2);
    client.call("session_stop", Map.of("name", "sleeper")).ok();

    assertThat(wait.answer().ok().flag("ended")).isTrue();

    assertThat(start.isAnswered()).isFalse();
    client.kill();
    traces.awaitNone();
  }

  @EachSdk
  void takesCallsBack(String sdk) throws IOException {
    SdkClient client = connect(sdk);
    client.call("session_start", shell("sleeper", List.of("-c", "sleep 600"))).ok();
    SdkClient.Pending wait = client.begin("session_wait", Map.of("name", "sleeper"));
    await().atMost(Traces.LIMIT).until(() -> !wait.progress().isEmpty());
    SdkClient.Pending start = client.begin("session_start", neverReady("never"));
    await().atMost(Traces.LIMIT).until(() -> Traces.ofSession("never").size() >= 3);

    wait.cancel();
    start.cancel();

    await().atMost(Traces.LIMIT).until(() -> Traces.ofSession("never").isEmpty());
    await()
        .atMost(Traces.LIMIT)
        .untilAsserted(() ->
            assertThat(client.call("session_list", Map.of()).ok().get("sessions").toString())
                .contains("sleeper")
                .doesNotContain("\"never\""));
    Answer info = client.call("session_info", Map.of("name", "sleeper")).ok();
    assertThat(info.string("state")).isEqualTo("running");
    assertThat(wait.isAnswered() || start.isAnswered()).isFalse();
    assertThat(client.strays()).isEmpty();
    closeAndAwaitNothing(client);
  }

  @EachSdk
  void stopsWholeTrees(String sdk) throws IOException {
    SdkClient client = connect(sdk);
    client.call("session_start", tree("tree")).ok();
    client.call("session_start", tree("neighbour")).ok();
    assertThat(Traces.ofSession("tree")).hasSizeGreaterThanOrEqualTo(5);

    Answer stopped = client.call("session_stop", Map.of("name", "tree", "grace_seconds", 1)).ok();

    assertThat(Traces.ofSession("tree")).isEmpty(); // When the answer comes, not soon after.
    assertThat(stopped.flag("clean")).isTrue();
    assertThat(Traces.ofSession("neighbour")).hasSizeGreaterThanOrEqualTo(5);
    closeAndAwaitNothing(client);
  }

  @EachSdk
  void runsFiftyAtOnce(String sdk) throws IOException {
    SdkClient client = connect(sdk, "--max-sessions", "50");
    List<SdkClient.Pending> starts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Map<String, Object> start =
          shell("s" + i, List.of("-c", "echo up " + i + "; exec sleep 600"));
      start.put("ready", Map.of("line", "up"));
      starts.add(client.begin("session_start", start));
    }
    starts.forEach(start -> start.answer().ok());

    assertThat(
            client.call("session_start", shell("one-more", List.of("-c", "sleep 600"))).refusal())
        .contains("max_sessions = 50");
    for (int i = 0; i < 50; i++) {
      assertThat(Traces.ofSession("s" + i)).hasSize(1);
      assertThat(
              client
                  .call("session_output", Map.of("name", "s" + i))
                  .ok()
                  .output("stdout")
                  .get("text")
                  .getAsString())
          .isEqualTo("up " + i + "\n");
    }
    client.kill();
    traces.awaitNone();
  }

  @ParameterizedTest
  @CsvSource({
    "python, session_start",
    "python, session_list",
    "python, session_info",
    "python, session_output",
    "python, session_input",
    "python, session_wait",
    "python, session_stop",
    "python, orphans_list",
    "python, orphans_sweep",
    "python, history",
    "typescript, session_start",
    "typescript, session_list",
    "typescript, session_info",
    "typescript, session_output",
    "typescript, session_input",
    "typescript, session_wait",
    "typescript, session_stop",
    "typescript, orphans_list",
    "typescript, orphans_sweep",
    "typescript, history",
  })
  void endsWithAClientThatVanishesInACall(String sdk, String tool) throws IOException {
    SdkClient client = connect(sdk);
    client.call("session_start", tree("tree")).ok();
    SdkClient.Pending call = client.begin(tool, vanishing(tool));
    switch (tool) {
      case "session_start" ->
          await().atMost(Traces.LIMIT).until(() -> Traces.ofSession("other").size() >= 3);
      case "session_wait", "session_input", "session_stop" ->
          await().atMost(Traces.LIMIT).until(() -> !call.progress().isEmpty());
      default -> {} // It is over too soon to be caught: the client dies before, in or after it.
    }

    client.kill();

    traces.awaitNone();
  }

  private Map<String, ?> vanishing(String tool) {
    return switch (tool) {
      case "session_start" -> neverReady("other");
      case "session_input" -> Map.of("name", "tree", "text", "x".repeat(1 << 20));
      case "session_stop" -> Map.of("name", "tree", "grace_seconds", 60);
      case "session_wait", "session_info", "session_output" -> Map.of("name", "tree");
      case "orphans_sweep" -> Map.of("dry_run", true);
      default -> Map.of();
    };
  }

  @ParameterizedTest
  @CsvSource({"python, KILL", "python, TERM", "typescript, KILL", "typescript, TERM"})
  void leavesNothingWhenTheServerIsKilled(String sdk, String signal) throws IOException {
    SdkClient client = connect(sdk);
    client.call("session_start", tree("tree")).ok();
    var _ = client.begin("session_start", neverReady("never"));
    await().atMost(Traces.LIMIT).until(() -> Traces.ofSession("never").size() >= 3);

    ProcessHandle server = ProcessHandle.of(client.server().pid()).orElseThrow();
    assertThat(signal.equals("KILL") ? server.destroyForcibly() : server.destroy()).isTrue();

    traces.awaitNone(client.pid());
  }

  @ParameterizedTest
  @CsvSource({"python, client", "python, server", "typescript, client", "typescript, server"})
  void takesContainersAlong(String sdk, String victim) throws IOException {
    RealEngine engine = RealEngine.require();
    SdkClient client = connect(sdk);
    Map<String, Object> container =
        Map.of(
            "name",
            "box",
            "image",
            RealEngine.IMAGE,
            "arguments",
            List.of("sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"),
            "pull",
            false,
            "ready",
            Map.of("line", "up"));
    Answer box = client.call("session_start", container).ok();
    String id = box.string("container_id");
    assertThat(engine.docker("ps", "-q", "--no-trunc", "--filter", "id=" + id)).isEqualTo(id);
    assertThat(
            client
                .call("session_output", Map.of("name", "box"))
                .ok()
                .output("stdout")
                .get("text")
                .getAsString())
        .isEqualTo("up\n");

    if (victim.equals("client")) {
      client.kill();
    } else {
      client.server().kill();
    }

    await()
        .atMost(Traces.LIMIT)
        .until(() -> engine.docker("ps", "-aq", "--filter", "id=" + id).isEmpty());
    traces.awaitNone(victim.equals("client") ? new Long[0] : new Long[] {client.pid()});
  }
}
