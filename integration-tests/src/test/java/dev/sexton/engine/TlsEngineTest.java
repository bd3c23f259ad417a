package dev.sexton.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.testkit.OwnDockerd;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.SextonCommand;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.RealEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Sweeps a real Docker daemon over TLS. The daemon is on a loopback of its own.
@Gate("needs root, and starts a Docker daemon")
@Timeout(180)
class TlsEngineTest {
  @TempDir private Path home;
  @TempDir private Path files;
  private final Processes processes = new Processes();

  @AfterEach
  void end() {
    processes.close();
  }

  @Test
  void aContainerOfADeadServerGoesAndStrangersAreRefused() throws IOException {
    try (OwnDockerd daemon = new OwnDockerd(files);
        RealEngine engine = daemon.engine()) {
      Server living = Server.java(processes, home, "deephaven-mcp", engine.environment());
      String stays = engine.run(living.labels(), List.of(), RealEngine.POLITE);
      Server dead = Server.java(processes, home, "deephaven-mcp", engine.environment());
      String goes = engine.run(dead.labels(), List.of(), RealEngine.POLITE);
      dead.kill();

      for (Map<String, String> refused : List.of(daemon.anonymous("none"), daemon.client(false))) {
        SextonCommand failed = sweep(daemon, refused);
        assertThat(exitCode(failed)).as(failed.out() + failed.err()).isEqualTo(1);
        assertThat(failed.out())
            .contains("Docker at tcp://localhost:2376 cannot be reached: ")
            .containsPattern("it refused this client|closed right after the handshake")
            .contains("in " + refused.get("DOCKER_CERT_PATH"));
        assertThat(engine.state(goes)).startsWith("running ");
        assertThat(dead.record()).exists();
      }

      SextonCommand swept = sweep(daemon, daemon.client(true));
      assertThat(exitCode(swept)).as(swept.out() + swept.err()).isZero();
      assertThat(engine.left()).containsExactly(stays);
      assertThat(engine.state(stays)).startsWith("running ");
      assertThat(dead.record()).doesNotExist();
      assertThat(living.self().isRunning()).isTrue();
    }
  }

  private SextonCommand sweep(OwnDockerd daemon, Map<String, String> environment)
      throws IOException {
    return SextonCommand.start(
        processes,
        home,
        daemon.inside(),
        environment,
        "sweep",
        "--json",
        "--grace",
        "3s",
        "--state-dir",
        home.resolve(".deephaven-mcp").toString());
  }

  private static int exitCode(SextonCommand command) throws IOException {
    return Processes.awaitExit(command.process(), "the sweep");
  }
}
