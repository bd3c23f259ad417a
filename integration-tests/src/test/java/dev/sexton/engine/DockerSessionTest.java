package dev.sexton.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.docker.ContainerEngine;
import dev.sexton.docker.ContainerSession;
import dev.sexton.docker.ContainerSpec.Mount;
import dev.sexton.testsupport.BrokenEngine;
import dev.sexton.testsupport.BrokenEngine.Fault;
import dev.sexton.testsupport.RealEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Runs the contract on the engine that the docker command uses, and tests what only Docker does.
class DockerSessionTest extends ContainerSessionContract {
  @Override
  RealEngine engine() throws IOException {
    return RealEngine.require();
  }

  /// Without an init, process 1 ignores SIGTERM and is killed: exit code 137.
  @Test
  void commandWithoutAHandlerEndsWhenItIsAsked() throws Exception {
    ContainerSession session = start(spec("sleep", "1000"));
    real.docker("stop", "--time", "50", session.id());
    assertThat(session.await()).isEqualTo(128 + 15);
    assertThat(real.inspect(session.id(), "{{.HostConfig.Init}}")).isEqualTo("true");
  }

  @Test
  void initCanBeSwitchedOff() throws Exception {
    ContainerSession session = start(spec("sh", "-c", "exit $$").init(false));
    assertThat(session.await()).isEqualTo(1);
  }

  @Test
  void outputKeptByTheEngineIsLimited() throws Exception {
    String driver = real.docker("info", "--format", "{{.LoggingDriver}}");
    ContainerSession session = start(spec("true"));
    assertThat(
            real.inspect(
                session.id(),
                "{{.HostConfig.LogConfig.Type}}"
                    + " {{index .HostConfig.LogConfig.Config \"max-size\"}}"))
        .isEqualTo(driver.equals("json-file") ? "json-file 10m" : driver + " ");
  }

  /// Podman 4.3 creates a directory instead.
  @Test
  void missingMountIsAnErrorAndNotMade() throws Exception {
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> start(spec("true").mounts(List.of(new Mount(missing, "/m", false)))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(missing.toString())
        .satisfies(ContainerSessionContract::isOneLine);
    assertThat(missing).doesNotExist();
    assertThat(real.left()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void engineThatIsOutOfOrderIsNotFound(Fault fault) throws Exception {
    try (BrokenEngine broken = BrokenEngine.with(fault, directory)) {
      assertThatThrownBy(() -> ContainerEngine.find(Map.of("DOCKER_HOST", broken.host())))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("no container engine answers: ")
          .hasMessageContaining(broken.host())
          .satisfies(ContainerSessionContract::isOneLine);
    }
  }

  @Test
  void withoutAnEngineTheMessageSaysWhatToDo() {
    assertThatThrownBy(() -> ContainerEngine.find(Map.of("DOCKER_HOST", "npipe://nowhere")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("npipe:// is not supported")
        .hasMessageContaining("set DOCKER_HOST");
  }
}
