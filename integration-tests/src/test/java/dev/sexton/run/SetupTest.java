package dev.sexton.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Starts a server as its client does after `sexton setup` changed the client's configuration.
@Gate("takes long")
class SetupTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path home;

  @AfterEach
  void end() {
    Watchers.end(home.resolve(".sexton"));
  }

  private String sexton(Path launcher, String... options) {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(options));
    return Commands.run(command, Map.of("HOME", home.toString()), 60);
  }

  @Test
  void aServerThatWasSetUpLeavesNothing() throws Exception {
    Path launcher = Launcher.install(Files.createDirectory(home.resolve("a place")));
    Path configuration = Files.createDirectories(home.resolve(".cursor")).resolve("mcp.json");
    Files.writeString(
        configuration,
        """
        {
          // my servers
          "mcpServers": {
            "mine": {
              "command": "sh",
              "args": ["-c", "sleep 900 & echo $! >child; cat"],
            },
          },
        }
        """);
    byte[] before = Files.readAllBytes(configuration);

    sexton(launcher, "setup", "--yes");
    Process server = start(configuration);
    Path child = home.resolve("child");
    await().atMost(LIMIT).until(() -> Files.exists(child) && Files.size(child) > 1);
    Proc started = Proc.of(Long.parseLong(Files.readString(child).strip()));
    assertThat(sexton(launcher, "list")).contains("alive");
    server.destroyForcibly();

    await().atMost(LIMIT).until(() -> !started.isRunning());
    sexton(launcher, "setup", "--undo");
    assertThat(Files.readAllBytes(configuration)).isEqualTo(before);
  }

  private Process start(Path configuration) throws IOException {
    JsonObject server =
        JsonParser.parseString(
                Files.readString(configuration)
                    .replaceAll("//.*", "")
                    .replaceAll(",\\s*([}\\]])", "$1"))
            .getAsJsonObject()
            .getAsJsonObject("mcpServers")
            .getAsJsonObject("mine");
    List<String> command = new ArrayList<>(List.of(server.get("command").getAsString()));
    for (JsonElement argument : server.getAsJsonArray("args")) {
      command.add(argument.getAsString());
    }
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().put("HOME", home.toString());
    return builder.start();
  }
}
