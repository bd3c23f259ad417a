package dev.sexton.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testkit.HomeTestBase;
import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The record holds the values of `sexton run --keep` for every sweep of the instance.
class KeepOptionTest extends HomeTestBase {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Process start(String... run) throws IOException {
    Path launcher = Launcher.install(home.resolve("sexton"));
    List<String> command =
        new ArrayList<>(List.of(launcher.toString(), "run", "--state-dir", state().toString()));
    command.addAll(List.of(run));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(home.resolve("stderr").toFile());
    builder.environment().clear();
    builder.environment().putAll(Server.environment(home));
    return processes.start(builder);
  }

  private Path state() {
    return home.resolve("state");
  }

  private List<Path> records() throws IOException {
    if (!Files.isDirectory(state().resolve("instances"))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(state().resolve("instances"))) {
      return files.filter(file -> file.toString().endsWith(".json")).toList();
    }
  }

  @Test
  void thePatternsAreInTheRecord() throws Exception {
    Process server =
        start(
            "--keep",
            "my-server*",
            "--keep=!firefox",
            "--grace",
            "1s",
            "--keep",
            "cat",
            "--",
            "cat");
    await().atMost(LIMIT).until(() -> records().size() == 1);
    JsonObject record =
        JsonParser.parseString(Files.readString(records().getFirst())).getAsJsonObject();
    assertThat(record.get("keep")).hasToString("[\"my-server*\",\"!firefox\",\"cat\"]");
    assertThat(record.get("command").getAsString()).isEqualTo("cat");

    server.getOutputStream().close();
    assertThat(server.waitFor()).isZero();
    await().atMost(LIMIT).until(() -> records().isEmpty());
    assertThat(Files.readString(home.resolve("stderr"))).isEmpty();
  }

  @Test
  void aServerIsNotStartedWithAPatternThatIsNone() throws Exception {
    Process server = start("--keep", "!", "cat");
    assertThat(server.waitFor()).isEqualTo(2);
    assertThat(records()).isEmpty();
    assertThat(Files.readString(home.resolve("stderr")))
        .isEqualTo(
            "sexton: --keep: a keep pattern is empty: name an executable, such as firefox or"
                + " my-server*\n");
  }
}
