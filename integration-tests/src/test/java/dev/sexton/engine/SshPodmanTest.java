package dev.sexton.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.SweepReport;
import dev.sexton.testkit.OwnPodman;
import dev.sexton.testkit.OwnSshd;
import dev.sexton.testkit.Server;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.RealEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Sweeps a real Podman through a real ssh server on loopback, where no docker command is found.
@Gate("needs Podman and an ssh server")
@Timeout(180)
class SshPodmanTest {
  @TempDir private Path home;
  @TempDir private Path storage;
  private final Processes processes = new Processes();

  @AfterEach
  void end() {
    processes.close();
  }

  @Test
  void aContainerOfADeadServerGoesAndThatOfALivingOneStays() throws Exception {
    try (OwnSshd sshd = new OwnSshd(Files.createDirectory(home.resolve("ssh")));
        OwnPodman podman = new OwnPodman(storage);
        RealEngine engine = podman.engine()) {
      Path programs = Files.createDirectory(home.resolve("programs"));
      Files.createSymbolicLink(programs.resolve("podman"), Path.of("/usr/bin/podman"));
      sshd.limitPrograms(programs);
      Server living = Server.java(processes, home, "deephaven-mcp", engine.environment());
      String stays = engine.run(living.labels(), List.of(), RealEngine.POLITE);
      Server dead = Server.java(processes, home, "deephaven-mcp", engine.environment());
      engine.run(dead.labels(), List.of(), RealEngine.POLITE);
      dead.kill();

      String socket = engine.environment().getOrDefault("DOCKER_HOST", "").substring(7);
      SweepReport report = SshEngineTest.sweep(home, sshd.environment(OwnSshd.HOST + socket));
      assertThat(report.isClean()).as(report.toString()).isTrue();

      assertThat(engine.left()).containsExactly(stays);
      assertThat(engine.state(stays)).startsWith("running ");
      assertThat(dead.record()).doesNotExist();
    }
  }
}
