package dev.sexton.mcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.ProcScan;
import dev.sexton.testsupport.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients may send anything. Each gets a clear error, and the server keeps running.
@Gate("takes long")
@EnabledOnOs(OS.LINUX)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileTest extends SessionTestBase {
  /// The heap of 256 MB, and as much again for everything else in a JVM.
  private static final long MOST_MEGABYTES = 512;

  /// Asserts that the server still answers, uses limited memory, reports nothing alarming, and
  /// leaves nothing.
  private void endWell(StdioServer server) throws IOException {
    assertThat(server.call("session_list", Map.of()).ok().get("sessions").isJsonArray()).isTrue();
    assertThat(server.megabytes()).isLessThan(MOST_MEGABYTES);
    assertThat(server.errors()).doesNotContain("\tat ");
    assertThat(server.close()).isZero();
    traces.awaitNone();
  }

  private static Map<String, Object> sleeper(String name) {
    return new HashMap<>(Map.of("name", name, "command", "sleep", "arguments", List.of("600")));
  }

  private static Map<String, Object> with(Map<String, Object> arguments, String key, Object value) {
    arguments.put(key, value);
    return arguments;
  }

  @Test
  void answersLinesThatAreNoMessages() throws IOException {
    StdioServer server = start();
    List<String> lines =
        List.of(
            "nonsense",
            "{",
            "{}",
            "7",
            "\"text\"",
            "null",
            "{\"jsonrpc\":\"2.0\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"tools/list\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"tools/list\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"tools/list\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":[]}",
            "[{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/list\"}]",
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000),
            "\0\0\0",
            "\u001b[2J");
    for (String line : lines) {
      server.send(line + "\n");
      assertThat(server.nextError()).describedAs(line).contains("JSON-RPC").contains(": ");
    }
    server.send("\n\r\n   \n"); // Empty lines get no answer.
    server.send("{\"jsonrpc\":\"2.0\",\"id\":4711,\"result\":{}}\n");
    server.send("{\"jsonrpc\":\"2.0\",\"method\":\"no/such/notification\"}\n");
    server.send(
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":4711}}\n");
    endWell(server);
  }

  @Test
  void takesNothingForAnotherCharacter() throws IOException {
    StdioServer server = start();
    server.send(
        "{\"jsonrpc\":\"2.0\",\"id\":4711,\"method\":\"tools/list\",\"x\":\"caf\u00e9\"}\n"
            .getBytes(ISO_8859_1));
    assertThat(server.nextError()).contains("not valid UTF-8");
    for (String half : List.of("\\ud800", "\\udc00", "\\udc00\\ud800", "a\\ud83dz")) {
      for (String arguments :
          List.of(
              "\"command\":\"touch\",\"arguments\":[\"%s\"]",
              "\"command\":\"%s\"",
              "\"command\":\"true\",\"environment\":{\"A\":\"%s\"}",
              "\"command\":\"true\",\"environment\":{\"%s\":\"a\"}",
              "\"command\":\"true\",\"directory\":\"/%s\"",
              "\"image\":\"busybox\",\"pull\":false,\"command\":\"%s\"")) {
        String params =
            "{\"name\":\"session_start\",\"arguments\":{\"name\":\"a\","
                + arguments.formatted(half)
                + "}}";
        JsonObject answer = server.await(server.requestJson("tools/call", params));
        Answer.of(answer.getAsJsonObject("result")).refusal();
      }
    }
    server.call("session_start", Map.of("name", "cat", "command", "cat")).ok();
    String input =
        "{\"name\":\"session_input\",\"arguments\":{\"name\":\"cat\",\"text\":\"\\ud800\"}}";
    JsonObject answer = server.await(server.requestJson("tools/call", input));
    assertThat(Answer.of(answer.getAsJsonObject("result")).refusal()).contains("surrogate");
    endWell(server);
  }

  @Test
  void answersRequestsBeforeTheBeginning() throws IOException {
    StdioServer server = new StdioServer(processes, traces);
    CompletableFuture<JsonObject> early = server.begin("session_start", sleeper("early"));

    assertThat(StdioServer.errorOf(server.await(early))).contains("initialize first");

    server.initialize();
    assertThat(server.call("session_list", Map.of()).ok().get("sessions").getAsJsonArray())
        .isEmpty();
    endWell(server);
  }

  @Test
  void refusesDeepAndEndlessMessages() throws IOException {
    StdioServer server = start();
    String deep = "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000);
    var _ =
        server.requestJson("tools/call", "{\"name\":\"session_list\",\"arguments\":" + deep + "}");
    assertThat(server.nextError()).contains("JSON-RPC");
    for (int i = 0; i < 5; i++) {
      var _ = server.begin("session_info", Map.of("name", "x".repeat(10_000_000)));
      assertThat(server.nextError()).contains("longer than");
    }
    server.send("x".repeat(50_000_000) + "\n");
    assertThat(server.nextError()).contains("longer than");
    endWell(server);
  }

  @Test
  void refusesWhatNoSchemaAllows() throws IOException {
    StdioServer server = start();
    for (Object arguments :
        List.of(
            Map.of(),
            Map.of("name", 7),
            Map.of("name", List.of()),
            with(sleeper("a"), "no_such_key", 1),
            with(sleeper("a"), "command", 7),
            with(sleeper("a"), "arguments", "600"),
            with(sleeper("a"), "arguments", List.of(1, 2)),
            with(sleeper("a"), "environment", List.of("A=B")),
            with(sleeper("a"), "environment", Map.of("A", 1)),
            with(sleeper("a"), "ready", "soon"),
            with(sleeper("a"), "ready", Map.of("port", 70_000)),
            with(sleeper("a"), "ready", Map.of("port", -1)),
            with(sleeper("a"), "ready", Map.of("port", 80.5)),
            with(sleeper("a"), "ready", Map.of("http_path", "/")),
            with(sleeper("a"), "ready_timeout_seconds", 1e18),
            with(sleeper("a"), "ready_timeout_seconds", -1),
            with(sleeper("a"), "memory_mb", 64))) {
      server.call("session_start", arguments).refusal();
    }
    for (String tool : List.of("session_output", "session_wait", "session_stop", "session_info")) {
      server.call(tool, Map.of("name", "nobody")).refusal();
      server.call(tool, Map.of()).refusal();
    }
    for (String params :
        List.of(
            "null",
            "[]",
            "7",
            "{}",
            "{\"name\":7}",
            "{\"name\":\"session_list\",\"arguments\":[]}")) {
      JsonObject answer = server.await(server.requestJson("tools/call", params));
      assertThat(StdioServer.errorOf(answer))
          .describedAs(params)
          .doesNotContain("Exception", "null");
    }
    assertThat(StdioServer.errorOf(server.await(server.begin("no_such_tool", Map.of()))))
        .contains("tool");
    assertThat(StdioServer.errorOf(server.await(server.request("no/such/method", Map.of()))))
        .contains("no/such/method");
    assertThat(server.call("session_list", Map.of()).ok().get("sessions").getAsJsonArray())
        .isEmpty();
    endWell(server);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../../etc/passwd",
        "a/b",
        "-rf",
        "a b",
        "a\nb",
        "a\u0000b",
        "a\u001b[2Jb",
        "ü",
        "$(id)",
        "a;b",
        "\ud800"
      })
  void refusesOddNames(String name) throws IOException {
    StdioServer server = start();
    server.call("session_start", sleeper(name)).refusal();
    server.call("session_start", sleeper("x".repeat(1_000_000))).refusal();
    assertThat(server.call("session_list", Map.of()).ok().get("sessions").getAsJsonArray())
        .isEmpty();
    endWell(server);
  }

  @Test
  void bearsMegabytes() throws IOException {
    StdioServer server = start();
    String megabyte = "x".repeat(1 << 20);
    server.call("session_start", with(sleeper("a"), "command", megabyte)).refusal();
    server.call("session_start", with(sleeper("a"), "directory", "/" + megabyte)).refusal();
    // The kernel accepts no argument and no variable of more than 128 kB.
    server.call("session_start", with(sleeper("a"), "arguments", List.of(megabyte))).refusal();
    server
        .call("session_start", with(sleeper("a"), "environment", Map.of("A", megabyte)))
        .refusal();
    server.call("session_start", with(sleeper("a"), "command", "sle\0ep")).refusal();
    server.call("session_start", with(sleeper("a"), "environment", Map.of("A=B", "c"))).refusal();
    Map<String, Object> loud =
        Map.of("name", "loud", "command", "sh", "arguments", List.of("-c", "cat /dev/zero"));
    server.call("session_start", loud).ok();
    Map<String, Object> cat = Map.of("name", "cat", "command", "cat");
    server.call("session_start", cat).ok();
    for (int i = 0; i < 20; i++) {
      server.call("session_input", Map.of("name", "cat", "text", megabyte)).ok();
      server.call("session_output", Map.of("name", "loud")).ok();
    }
    endWell(server);
  }

  @Test
  void keepsToWhatTheOperatorAllows() throws IOException {
    Path allowed = Files.createDirectory(traces.home().resolve("allowed"));
    Path beside = Files.createDirectory(traces.home().resolve("allowed-not"));
    Files.createSymbolicLink(allowed.resolve("link"), beside);
    Path tool = Files.copy(Path.of("/bin/sleep"), beside.resolve("sleep"));
    StdioServer server =
        start("--directories", allowed + "", "--mounts", allowed + "", "--commands", "sleep");
    for (Object directory :
        List.of(
            "/",
            beside + "",
            allowed + "/..",
            allowed + "/../allowed-not",
            allowed + "/link",
            ".",
            "",
            "allowed",
            allowed + "/missing",
            "\0")) {
      server.call("session_start", with(sleeper("a"), "directory", directory)).refusal();
    }
    for (String command :
        List.of("sh", tool + "", "./sleep", "/bin/sleep", "../sleep", "", "sleep ")) {
      server.call("session_start", with(sleeper("a"), "command", command)).refusal();
    }
    for (String source :
        List.of("/", "/var/run/docker.sock", beside + "", allowed + "/link", "..")) {
      server.call("session_start", container("busybox", source)).refusal();
    }
    assertThat(server.call("session_start", with(sleeper("b"), "directory", "/")).refusal())
        .contains("--directories");
    assertThat(server.call("session_start", with(sleeper("b"), "command", "sh")).refusal())
        .contains("--commands");
    assertThat(server.call("session_start", container("busybox", "/")).refusal())
        .contains("--mounts");
    server.call("session_start", with(sleeper("ok"), "directory", allowed + "")).ok();
    endWell(server);
  }

  /// A program with an allowed name is in the directory of the session, which tries to run that
  /// one.
  @Test
  void startsTheOperatorsProgramsOnly() throws IOException {
    Path home = traces.home();
    Path directory = Files.createDirectory(home.resolve("directory"));
    Files.createDirectory(directory.resolve("x"));
    Path wrong = home.resolve("wrong");
    Path program = directory.resolve("sleep");
    Files.writeString(program, "#!/bin/sh\necho \"$0\" >'" + wrong + "'\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    String path = "::.:x/..:" + traces.environment().get("PATH") + ":";
    DirectClient client =
        new DirectClient(processes, home, Map.of("PATH", path), "--commands", "sleep");
    for (String command :
        List.of("./sleep", ".//sleep", "x/../sleep", "../directory/sleep", program.toString())) {
      Map<String, Object> start = with(sleeper("a"), "command", command);
      assertThat(client.refusal("session_start", with(start, "directory", directory + "")))
          .contains("--commands");
    }
    for (String variable :
        List.of("PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "BASH_ENV", "NODE_OPTIONS")) {
      Map<String, Object> start = with(sleeper("a"), "directory", directory + "");
      assertThat(
              client.refusal(
                  "session_start", with(start, "environment", Map.of(variable, directory + ""))))
          .contains("--environment");
    }
    Map<String, Object> start = with(sleeper("ok"), "directory", directory + "");
    long pid =
        client
            .call("session_start", with(start, "environment", Map.of("GREETING", "hello")))
            .get("pid")
            .getAsLong();

    assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")))
        .isEqualTo(Path.of("/bin/sleep").toRealPath());
    assertThat(wrong).doesNotExist();
    client.call("session_stop", Map.of("name", "ok"));
    assertThat(wrong).doesNotExist();
  }

  private static Map<String, Object> container(String image, String source) {
    return Map.of(
        "name",
        "box",
        "image",
        image,
        "pull",
        false,
        "mounts",
        List.of(Map.of("source", source, "target", "/x")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--privileged",
        "-v /:/x",
        "-v",
        "a b",
        "busybox --privileged",
        "../x",
        "a/../b?x=y",
        "busybox&force=1",
        "http://evil/x",
        "",
        "a\nb",
        "BUSYBOX;id"
      })
  void refusesOptionsInPlaceOfImages(String image) throws IOException {
    StdioServer server = start();
    server.call("session_start", Map.of("name", "box", "image", image, "pull", false)).refusal();
    assertThat(server.call("session_list", Map.of()).ok().get("sessions").getAsJsonArray())
        .isEmpty();
    endWell(server);
  }

  @Test
  void keepsTheMarkOnEverySession() throws IOException {
    StdioServer server = start();
    for (String name : List.of("SEXTON_INSTANCE", "SEXTON_KEEP", "sexton_keep", "Sexton_x")) {
      assertThat(
              server
                  .call("session_start", with(sleeper("a"), "environment", Map.of(name, "1")))
                  .refusal())
          .contains("reserved");
    }
    Map<String, Object> hiding =
        Map.of(
            "name",
            "hiding",
            "command",
            "env",
            "arguments",
            List.of("-i", "sh", "-c", "setsid sleep 600 & exec sleep 600"));
    Proc bare = processes.adopt(server.call("session_start", hiding).ok().get("pid").getAsLong());
    await().atMost(Traces.LIMIT).until(() -> !Processes.children(bare.pid()).isEmpty());
    List<Proc> hidden = Processes.children(bare.pid()).stream().map(processes::adopt).toList();
    Answer plain = server.call("session_start", sleeper("plain")).ok();

    assertThat(ProcScan.withVariable("SEXTON_INSTANCE=mcp:" + plain.string("instance_id")))
        .contains(plain.get("pid").getAsLong());

    endWell(server);
    assertThat(bare.isRunning()).isFalse();
    assertThat(hidden).noneMatch(Proc::isRunning);
  }

  @Test
  void answersTensOfThousandsOfCallsAtOnce() throws IOException {
    StdioServer server = start();
    server.call("session_start", sleeper("a")).ok();
    String list = new Gson().toJson(Map.of("name", "session_list", "arguments", Map.of()));
    List<CompletableFuture<JsonObject>> answers = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      answers.add(server.requestJson("tools/call", list));
    }
    answers.forEach(server::await);
    endWell(server);
  }

  @Test
  void boundsTheCallsThatGoOnAtOnce() throws IOException {
    StdioServer server = start();
    server.call("session_start", sleeper("a")).ok();
    List<CompletableFuture<JsonObject>> waits = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      waits.add(server.begin("session_wait", Map.of("name", "a", "timeout_seconds", 600)));
    }
    JsonObject refused = server.await(waits.getLast());
    assertThat(Answer.of(refused.getAsJsonObject("result")).refusal()).contains("calls");
    for (int id = 1; id <= server.lastId(); id++) {
      server.cancel(id);
    }
    endWell(server);
  }

  @Test
  void leavesNothingWhenItsInputEndsInTheMiddleOfALine() throws IOException {
    StdioServer server = start();
    server.call("session_start", sleeper("a")).ok();
    server.send("{\"jsonrpc\":\"2.0\",\"id\":77,\"meth");

    assertThat(server.close()).isZero();

    traces.awaitNone();
  }
}
