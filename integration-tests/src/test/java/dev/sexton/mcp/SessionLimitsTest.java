package dev.sexton.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Tests the limits on the number and duration of sessions.
@EnabledOnOs(OS.LINUX)
class SessionLimitsTest extends SessionTestBase {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static Answer sleeper(StdioServer server, String name) {
    Map<String, Object> sleep =
        Map.of("name", name, "command", "sleep", "arguments", List.of("600"));
    return server.call("session_start", sleep);
  }

  private static JsonObject only(StdioServer server) {
    return server
        .call("session_list", Map.of())
        .ok()
        .get("sessions")
        .getAsJsonArray()
        .get(0)
        .getAsJsonObject();
  }

  @Gate("takes long")
  @Test
  void endsWhatIsTooOld() throws IOException {
    endsWith("max_age", start("--max-age", "1s"));
  }

  @Gate("takes long")
  @Test
  void endsWhatNobodyTakesAnInterestIn() throws IOException {
    endsWith("max_idle", start("--max-idle", "1s"));
  }

  private void endsWith(String limit, StdioServer server) throws IOException {
    Proc process = processes.adopt(sleeper(server, "a").ok().integer("pid"));
    await().atMost(LIMIT).until(() -> only(server).get("state").getAsString().equals("stopped"));
    assertThat(process.isRunning()).isFalse();
    assertThat(only(server).get("reason").getAsString()).contains(limit);
    assertThat(server.close()).isZero();
    traces.awaitNone();
  }

  @Test
  void nothingRunsAndHasAnExitCode() throws IOException {
    StdioServer server = start();
    String stubborn = "(trap '' TERM; exec sleep 600) & exit 3";
    Map<String, Object> leaver =
        Map.of("name", "a", "command", "sh", "arguments", List.of("-c", stubborn));
    long pid = server.call("session_start", leaver).ok().get("pid").getAsLong();
    await()
        .atMost(LIMIT)
        .until(() -> {
          Answer list = server.call("session_list", Map.of()).ok();
          JsonObject session = list.get("sessions").getAsJsonArray().get(0).getAsJsonObject();
          boolean hasEnded = session.get("state").getAsString().equals("exited");
          assertThat(session.get("exit_code").isJsonNull()).isNotEqualTo(hasEnded);
          assertThat(list.text().contains("exit code")).isEqualTo(hasEnded);
          return hasEnded;
        });
    assertThat(only(server).get("exit_code").getAsInt()).isEqualTo(3);
    assertThat(Path.of("/proc/" + pid)).doesNotExist();
    assertThat(server.close()).isZero();
    traces.awaitNone();
  }

  @Test
  void hasRoomAgainOnceOneHasEnded() throws IOException {
    Path limits = Files.writeString(traces.home().resolve("limits.json"), "{\"max_sessions\": 1}");
    StdioServer server = start("--limits", limits.toString());
    sleeper(server, "a").ok();
    assertThat(sleeper(server, "a").refusal()).contains("already");
    assertThat(sleeper(server, "b").refusal()).contains("max_sessions = 1");
    assertThat(server.call("session_stop", Map.of("name", "a")).ok().flag("clean")).isTrue();
    assertThat(sleeper(server, "b").ok().string("state")).isEqualTo("running");
    assertThat(server.call("session_output", Map.of("name", "a")).ok().string("state"))
        .isEqualTo("stopped");
    assertThat(server.close()).isZero();
    traces.awaitNone();
  }
}
