package dev.sexton.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.testkit.Python;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.ProcScan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// An agent that does anything in any order. The server's use of resources must not grow.
///
/// It runs for `-Dsexton.mcp.soak.seconds`, a minute by default. `-Dsexton.mcp.soak.seed` repeats a
/// run.
@Gate("takes minutes")
@EnabledOnOs(OS.LINUX)
class SoakTest extends SessionTestBase {
  private static final int NAMES = 12;

  /// A thread pool of the JVM or of Reactor may vary by a few threads.
  private static final int MORE_THREADS = 20;

  /// Each session that has ended keeps two files. Any more are a leak.
  private static final int MORE_FILES = 8;

  /// A JVM returns little of its heap, which may fill up in any run. A leak grows beyond this.
  private static final long MORE_MEGABYTES = 96;

  private final long seed = Long.getLong("sexton.mcp.soak.seed", 20_261_122L);
  private final Random random = new Random(seed);
  private final List<CompletableFuture<JsonObject>> calls = new ArrayList<>();

  /// What an idle server uses.
  private record Level(int threads, int files, long megabytes) {}

  @BeforeEach
  void copyTree() {
    Python.copy("/dev/sexton/mcp/tree.sh", traces.home().resolve("tree.sh"));
  }

  @Test
  void staysAsItWas() throws IOException {
    StdioServer server = start("--output-bytes", "65536");
    long nanos = Long.getLong("sexton.mcp.soak.seconds", 60) * 1_000_000_000;
    agent(server, nanos / 4);
    Level warm = rest(server);

    int acts = agent(server, nanos * 3 / 4);

    Level after = rest(server);
    String story = "seed " + seed + ", " + acts + " acts: " + warm + ", then " + after;
    assertThat(acts).describedAs(story).isGreaterThan(100);
    assertThat(after.threads())
        .describedAs(story)
        .isLessThanOrEqualTo(warm.threads() + MORE_THREADS);
    assertThat(after.files()).describedAs(story).isLessThanOrEqualTo(warm.files() + MORE_FILES);
    assertThat(after.megabytes())
        .describedAs(story)
        .isLessThanOrEqualTo(warm.megabytes() + MORE_MEGABYTES);
    System.out.println("soak: " + story);
    assertThat(server.errors()).doesNotContain("\tat ");
    assertThat(server.close()).isZero();
    traces.awaitNone();
  }

  /// Acts until the time is up, and returns the number of acts.
  private int agent(StdioServer server, long nanos) {
    int acts = 0;
    for (long end = System.nanoTime() + nanos; System.nanoTime() < end; acts++) {
      CompletableFuture<JsonObject> call = act(server, "s" + random.nextInt(NAMES));
      int id = server.lastId();
      calls.add(call);
      switch (random.nextInt(4)) {
        case 0 -> server.cancel(id);
        case 1 -> {} // Goes on meanwhile.
        default -> awaitOr(server, call, id);
      }
      calls.removeIf(CompletableFuture::isDone);
      if (calls.size() > 50) {
        server.cancel(id);
        calls.clear(); // Cancelled calls are never answered.
      }
    }
    return acts;
  }

  /// Waits for an answer, but cancels a call that takes too long for an impatient agent.
  private static void awaitOr(StdioServer server, CompletableFuture<JsonObject> call, int id) {
    try {
      call.get(2, java.util.concurrent.TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException slow) {
      server.cancel(id);
    } catch (InterruptedException | java.util.concurrent.ExecutionException failed) {
      throw new AssertionError(server.errors(), failed);
    }
  }

  private CompletableFuture<JsonObject> act(StdioServer server, String name) {
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> server.begin("session_start", something(name));
      case 3, 4 -> server.begin("session_stop", Map.of("name", name, "grace_seconds", 1));
      case 5 -> server.begin("session_output", Map.of("name", name, "stdout_from", 0));
      case 6 -> server.begin("session_input", Map.of("name", name, "text", "a line\n"));
      case 7 -> server.begin("session_wait", Map.of("name", name, "timeout_seconds", 1));
      case 8 -> server.begin("session_info", Map.of("name", name));
      default -> server.begin("session_list", Map.of());
    };
  }

  private Map<String, Object> something(String name) {
    List<String> arguments =
        switch (random.nextInt(6)) {
          case 0 -> List.of("-c", "exit " + random.nextInt(5));
          case 1 -> List.of("-c", "while read -r line; do echo \"got $line\"; done");
          case 2 -> List.of("-c", "head -c 300000 /dev/zero; echo up; sleep 600");
          case 3 -> List.of(traces.home().resolve("tree.sh").toString());
          case 4 -> List.of("-c", "(setsid sleep 600 &) ; echo up");
          default -> List.of("-c", "echo up; exec sleep 600");
        };
    Map<String, Object> start = new HashMap<>();
    start.put("name", name);
    start.put("command", random.nextInt(20) == 0 ? "no-such-program" : "sh");
    start.put("arguments", arguments);
    if (random.nextBoolean()) {
      start.put("ready", Map.of("line", "up"));
      start.put("ready_timeout_seconds", 1 + random.nextInt(2));
    }
    return start;
  }

  /// Stops everything, waits until the server is idle, and measures what it uses.
  private Level rest(StdioServer server) throws IOException {
    calls.clear();
    await()
        .atMost(Traces.LIMIT)
        .untilAsserted(() -> {
          for (JsonElement session : sessions(server)) {
            JsonObject one = session.getAsJsonObject();
            if (!List.of("exited", "stopped").contains(one.get("state").getAsString())) {
              var _ =
                  server.call(
                      "session_stop",
                      Map.of("name", one.get("name").getAsString(), "grace_seconds", 0));
            }
          }
          assertThat(traces.processes()) // The server.
              .describedAs(
                  "%s, of %s",
                  traces.processes().stream().map(ProcScan::describe).toList(),
                  server.call("session_list", Map.of()).text())
              .hasSize(1);
          assertThat(records()).isEmpty();
        });
    // The same names every time, so that the same number of ended sessions is kept.
    for (int i = 0; i < NAMES; i++) {
      server.call("session_start", Map.of("name", "s" + i, "command", "true")).ok();
      server.call("session_wait", Map.of("name", "s" + i)).ok();
    }
    await().atMost(Traces.LIMIT).until(() -> traces.processes().size() == 1);
    return new Level(server.count("task"), server.count("fd"), server.megabytes());
  }

  private static Iterable<JsonElement> sessions(StdioServer server) {
    return server.call("session_list", Map.of()).ok().get("sessions").getAsJsonArray();
  }

  /// Returns the records and locks. Outputs have no name once they are open.
  private List<String> records() {
    return traces.files().stream().filter(file -> file.startsWith("instances")).toList();
  }
}
