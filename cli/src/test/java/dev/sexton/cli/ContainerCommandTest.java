package dev.sexton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerCommandTest {
  @ParameterizedTest
  @CsvSource({
    "docker run -i image, 2",
    "docker create image, 2",
    "/usr/bin/podman run image, 2",
    "nerdctl -n ns run image, 4",
    "docker container run image, 3",
    "docker --context x run image, 4",
    "docker --context=x -D run image, 4",
    "docker -c x -H tcp://h:1 --tls=true container create image, 8",
    "docker -Htcp://h:1 run image, 3",
  })
  void labelsGoBehindTheSubcommand(String line, int at) {
    var command = of(line);
    assertThat(command).isNotNull().extracting(ContainerCommand::labelsAt).isEqualTo(at);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docker",
        "docker ps",
        "docker compose run service",
        "docker start run",
        "docker --no-such-option run image",
        "docker --context run",
        "docker container",
        "docker exec run",
        "my-docker run image",
        "npx run",
      })
  void nothingElseIsTouched(String line) {
    assertThat(of(line)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "docker run i | {DOCKER_HOST=given}",
        "docker -H h run i | {DOCKER_HOST=h}",
        "docker --host=h run i | {DOCKER_HOST=h}",
        "docker --context c run i | {DOCKER_CONTEXT=c}",
        "docker --config d run i | {DOCKER_CONFIG=d, DOCKER_HOST=given}",
        "podman --url u run i | {CONTAINER_HOST=u, DOCKER_HOST=given}",
      })
  void theEngineIsTheOneThatIsAsked(String line, String environment) {
    var command = of(line);
    assertThat(command).isNotNull();
    assertThat(new java.util.TreeMap<>(command.environment(Map.of("DOCKER_HOST", "given"))))
        .hasToString(environment);
  }

  private static @org.jspecify.annotations.Nullable ContainerCommand of(String line) {
    return ContainerCommand.of(List.of(line.split(" ", -1)));
  }
}
