package dev.sexton.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.testkit.HomeTestBase;
import dev.sexton.testkit.OwnSshd;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.RealEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs `sexton run docker run` with an engine behind ssh, whose key only an agent has.
@Gate("needs a container engine and an ssh server")
class SshRunTest extends HomeTestBase {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir private Path ssh;
  private RealEngine engine;
  private OwnSshd sshd;

  @BeforeEach
  void setUp() throws IOException {
    engine = RealEngine.require();
    sshd = new OwnSshd(ssh);
    sshd.configure("IdentityFile " + ssh.resolve("none"));
  }

  @AfterEach
  @Override
  protected void end() {
    super.end();
    if (sshd != null) {
      sshd.close();
    }
    if (engine != null) { // Null if the test was skipped.
      engine.close();
    }
  }

  /// The watcher was started without the engine and the agent.
  @Test
  void theWatcherUsesTheEngineAndTheAgentOfTheServer() throws IOException {
    Proc watcher = Watchers.startEarly(processes, home, Map.of("PATH", sshd.path()));
    Map<String, String> environment = new HashMap<>(sshd.environment(OwnSshd.HOST));
    environment.put("SSH_AUTH_SOCK", sshd.agent().toString());
    List<String> run = new ArrayList<>(List.of("--grace", "0", "docker", "run", "--rm"));
    run.addAll(engine.labels(Map.of()));
    run.addAll(List.of(RealEngine.IMAGE, "sleep", "600"));
    Client client = Client.start(processes, home, environment, run);
    assertThat(client.watcher()).isEqualTo(watcher);
    await().atMost(LIMIT).until(() -> engine.left().size() == 1);

    client.tell("server");

    client.awaitNothing();
    assertThat(engine.left()).isEmpty();
  }
}
