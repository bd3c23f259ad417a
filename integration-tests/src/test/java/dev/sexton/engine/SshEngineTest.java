package dev.sexton.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import dev.sexton.testkit.OwnSshd;
import dev.sexton.testkit.Reports;
import dev.sexton.testkit.Server;
import dev.sexton.testsupport.Await;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.ProcScan;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.RealEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Sweeps a real engine through a real ssh server on loopback. The test itself uses the engine's
/// socket.
@Gate("needs a container engine and an ssh server")
@Timeout(180)
class SshEngineTest {
  /// What a sweep of one container may cost: the requests follow each other, apart from three lists
  /// at the same time.
  private static final long MAX_CONNECTIONS = 4;

  @TempDir private Path home;
  @TempDir private Path ssh;
  private final Processes processes = new Processes();
  private RealEngine engine;
  private OwnSshd sshd;
  private Server living;
  private Server dead;
  private String stays;
  private String goes;

  @BeforeEach
  void setUp() throws IOException {
    engine = RealEngine.require();
    sshd = new OwnSshd(ssh);
    living = Server.java(processes, home, "deephaven-mcp", engine.environment());
    stays = engine.run(living.labels(), List.of(), RealEngine.POLITE);
    dead = Server.java(processes, home, "deephaven-mcp", engine.environment());
    goes = engine.run(dead.labels(), List.of(), RealEngine.POLITE);
    dead.kill();
  }

  @AfterEach
  void theLivingIsUntouched() {
    try {
      if (stays != null) {
        assertThat(engine.state(stays)).startsWith("running ");
        assertThat(living.self().isRunning()).isTrue();
      }
      assertThat(sshProcesses()).isEmpty();
    } finally {
      processes.close();
      if (sshd != null) {
        sshd.close();
      }
      if (engine != null) {
        engine.close();
      }
    }
  }

  /// Returns the running processes that this JVM has started to connect.
  private static List<Long> sshProcesses() {
    return ProcScan.childrenOf(ProcessHandle.current().pid()).stream()
        .filter(pid -> ProcScan.commandLine(pid).contains("dial-stdio"))
        .toList();
  }

  @Test
  void aContainerOfADeadServerGoesAndThatOfALivingOneStays() throws IOException {
    InstanceReport swept = sweep(sshd.environment(OwnSshd.HOST));

    assertSwept(swept);
    assertThat(sshd.connections()).isBetween(1L, MAX_CONNECTIONS);
  }

  @Test
  void aSocketOnTheOtherMachineCanBeNamed() throws IOException {
    assertSwept(sweep(sshd.environment(OwnSshd.HOST + "/var/run/docker.sock")));
  }

  @Test
  void aSharedConnectionIsUsedAndStays() throws IOException {
    Path socket = ssh.resolve("shared");
    Process master =
        processes.start(
            new ProcessBuilder(
                    ssh.resolve("ssh").toString(), "-N", "-M", "-S", socket.toString(), "box")
                .redirectErrorStream(true)
                .redirectOutput(ssh.resolve("master.log").toFile()));
    Await.until("it is shared", () -> Files.exists(socket));
    sshd.configure(
        "IdentityFile " + ssh.resolve("none"), "ControlPath " + socket, "ControlMaster auto");

    assertSwept(sweep(sshd.environment(OwnSshd.HOST)));
    assertThat(sshd.connections()).isEqualTo(1);
    assertThat(master.isAlive()).isTrue();
  }

  @Test
  void whatIsWrongIsSaidAndTheNextSweepFinishes() throws IOException {
    sshd.trust(false);
    assertFailed("the host key of box is not known; run \"ssh box\" once and compare the key");
    sshd.trust(true);

    Files.move(ssh.resolve("host.pub"), ssh.resolve("old.pub"));
    Files.copy(ssh.resolve("user.pub"), ssh.resolve("host.pub"));
    sshd.trust(true);
    assertFailed("the host key of box has changed, so this may be another machine");
    Files.move(
        ssh.resolve("old.pub"), ssh.resolve("host.pub"), StandardCopyOption.REPLACE_EXISTING);
    sshd.trust(true);

    sshd.offer("host");
    assertFailed("box does not let this user in (publickey), and passwords are not asked for");
    sshd.offer("user");

    assertFailed(
        sshd.environment("elsewhere:1"), "no ssh server listens there (ssh: connect to host");
    assertFailed(sshd.environment("no-such-host.invalid"), "there is no host no-such-host.invalid");
    assertFailed(
        sshd.environment(OwnSshd.HOST + "/nowhere/docker.sock"),
        "the engine on box is not running (failed to open the raw stream connection: dial unix"
            + " /nowhere/docker.sock: connect: no such file or directory); start it there");
    assertFailed(
        Map.of("DOCKER_HOST", "ssh://box", "PATH", "/nowhere"), "the command ssh is not installed");

    sshd.limitPrograms(Path.of("/nowhere"));
    assertFailed("neither docker nor podman is found on box");
    sshd.offer("user");

    assertSwept(sweep(sshd.environment(OwnSshd.HOST)));
  }

  @Test
  void aServerThatIsStoppedExceedsTheLimit() throws IOException {
    sshd.server().stop();
    try {
      long begun = System.nanoTime();
      assertFailed("box did not answer by ssh within 10 s; check the network");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(40));
      assertThat(sshProcesses()).isEmpty();
    } finally {
      sshd.server().resume();
    }
    assertSwept(sweep(sshd.environment(OwnSshd.HOST)));
  }

  private void assertFailed(String message) throws IOException {
    assertFailed(sshd.environment(OwnSshd.HOST), message);
  }

  private void assertFailed(Map<String, String> environment, String message) throws IOException {
    InstanceReport report = sweep(environment);
    assertThat(report.record()).isEqualTo(RecordFate.KEPT);
    assertThat(report.resources())
        .filteredOn(resource -> resource.kind() == ResourceKind.CONTAINER)
        .singleElement()
        .satisfies(resource -> {
          assertThat(resource.outcome()).isEqualTo(Outcome.FAILED);
          assertThat(resource.reason())
              .startsWith("Docker at ssh://")
              .contains(" cannot be reached: " + message);
        });
    assertThat(engine.state(goes)).startsWith("running ");
  }

  private void assertSwept(InstanceReport report) {
    assertThat(report.record()).as(report.toString()).isEqualTo(RecordFate.REMOVED);
    assertThat(report.resources()).extracting(EngineSweepContract::id).contains(goes);
    assertThat(dead.record()).doesNotExist();
    assertThat(engine.left()).containsExactly(stays);
    assertThat(sshProcesses()).isEmpty();
  }

  private InstanceReport sweep(Map<String, String> environment) throws IOException {
    InstanceReport one = Reports.only(sweep(home, environment), dead.instanceId());
    assertThat(one.liveness()).isEqualTo(Liveness.DEAD);
    return one;
  }

  /// Sweeps the original's directory in a home with these variables.
  static SweepReport sweep(Path home, Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("HOME", home.toString());
    return Sweeper.builder()
        .stateDirectory(home.resolve(".deephaven-mcp"))
        .environment(all)
        .grace(Duration.ofSeconds(3))
        .build()
        .sweep();
  }
}
