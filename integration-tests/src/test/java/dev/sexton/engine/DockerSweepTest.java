package dev.sexton.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.testsupport.RealEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// Runs the contract on the engine that the docker command uses.
class DockerSweepTest extends EngineSweepContract {
  @Override
  RealEngine engine() throws IOException {
    return RealEngine.require();
  }

  @Override
  void watchRemovals() throws IOException {
    List<String> command =
        engine.command(
            "events",
            "--since",
            Long.toString(Instant.now().getEpochSecond()),
            "--filter",
            "event=destroy",
            "--format",
            "{{.Type}} {{.Actor.ID}}");
    processes.start(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(events().toFile()));
  }

  private Path events() {
    return home.resolve("events");
  }

  @Override
  void assertRemovedInOrder(Iterable<String> containers, String network, String volume) {
    await().until(() -> lines().contains("volume " + volume));
    List<String> lines = lines();
    int networkAt = lines.indexOf("network " + network);
    assertThat(networkAt).isNotNegative();
    assertThat(containers)
        .allSatisfy(id -> assertThat(lines.indexOf("container " + id)).isBetween(0, networkAt - 1));
    assertThat(lines.indexOf("volume " + volume)).isGreaterThan(networkAt);
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(events());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
