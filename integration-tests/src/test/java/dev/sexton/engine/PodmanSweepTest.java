package dev.sexton.engine;

import dev.sexton.testkit.OwnPodman;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.RealEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// Runs the contract on the socket of a Podman service that the tests start.
@Gate("needs Podman")
class PodmanSweepTest extends EngineSweepContract {
  @TempDir static Path storage;
  private static @Nullable OwnPodman podman;

  @BeforeAll
  static void startPodman() throws IOException {
    podman = new OwnPodman(storage);
  }

  @AfterAll
  static void endPodman() {
    OwnPodman running = podman;
    if (running != null) {
      running.close();
    }
  }

  @Override
  RealEngine engine() throws IOException {
    return Objects.requireNonNull(podman).engine();
  }
}
