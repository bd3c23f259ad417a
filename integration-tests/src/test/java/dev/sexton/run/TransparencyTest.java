package dev.sexton.run;

import static org.awaitility.Awaitility.await;

import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Python;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Gate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Checks that neither a server nor its client can tell whether `sexton run` is used.
@Gate("takes long")
class TransparencyTest {
  @TempDir private Path home;

  /// A running watcher would write to the directory while it is removed.
  @AfterEach
  void endWatcher() {
    Watchers.end(home.resolve("state"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bulk",
        "small",
        "exit_codes",
        "deaths",
        "delivery",
        "identity",
        "descriptors",
        "surroundings",
        "not_found",
        "terminal"
      })
  void nobodyCanTellTheDifference(String what) throws IOException {
    for (String script : List.of("compare.py", "look.py", "signals.py", "echo.py")) {
      Python.copy("/dev/sexton/run/" + script, home.resolve(script));
    }
    Path launcher = Launcher.install(home.resolve("sexton"));
    Path state = home.resolve("state");
    Map<String, String> environment = new TreeMap<>(Server.environment(home));
    environment.put("SEXTON_STATE_DIR", state.toString());
    Commands.run(
        List.of(
            Python.python3().toString(),
            home.resolve("compare.py").toString(),
            what,
            launcher.toString(),
            home.toString()),
        environment,
        240);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          try (var files = Files.list(state.resolve("instances"))) {
            return files.findAny().isEmpty();
          }
        });
  }
}
