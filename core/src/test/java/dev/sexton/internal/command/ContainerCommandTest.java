package dev.sexton.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.command.ContainerCommand.Insertion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerCommandTest {
  @ParameterizedTest
  @CsvSource({
    "docker run -i image, 2",
    "docker run -d image, 2",
    "docker run -i --restart always image, 2",
    "docker create image, 2",
    "/usr/bin/docker run image, 2",
    "/usr/bin/podman run image, 2",
    "nerdctl -n ns run image, 4",
    "docker container run image, 3",
    "docker --context x run image, 4",
    "docker --context=x -D run image, 4",
    "docker --log-level error run image, 4",
    "docker -l=error run image, 3",
    "docker -lerror run image, 3",
    "docker -DH tcp://h:1 run image, 4",
    "docker -c x -H tcp://h:1 --tls=true container create image, 8",
    "docker -Htcp://h:1 run image, 3",
    "podman -r run image, 3",
    "docker compose run --no-deps service, 3",
    "docker compose -f a.yml --profile p run --no-deps service, 7",
    "docker-compose -fa.yml run --no-deps service, 3",
    "env docker run image, 3",
    "env -i PATH=/bin docker run image, 5",
    "env -u A -C /tmp -- B=1 docker run image, 9",
    "env -iu A docker run image, 5",
    "nice docker run image, 3",
    "nice -n 5 docker run image, 5",
    "nice -n5 docker run image, 4",
    "nice -10 docker run image, 4",
    "nohup docker run image, 3",
    "setsid -w docker run image, 4",
    "timeout 60 docker run image, 4",
    "timeout --kill-after=5 -s INT 60 docker run image, 7",
    "stdbuf -oL -e 0 docker run image, 6",
    "ionice -c3 docker run image, 4",
    "taskset -c 0 docker run image, 5",
    "time -v docker run image, 4",
    "sudo docker run image, 3",
    "sudo -nE -u root docker run image, 6",
    "sudo -- A=1 docker run image, 5",
    "doas -n docker run image, 4",
    "timeout 60 env A=1 nice sudo /usr/bin/docker run image, 8",
  })
  void labelsGoBehindTheSubcommand(String line, int at) {
    ContainerCommand command = assertInserts(Insertion.LABELS, line, at);
    assertThat(command.warning()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "docker exec -i box server, 2",
    "docker container exec box server, 3",
    "podman exec -it box server, 2",
    "docker compose exec -T service server, 3",
    "env docker -D exec box server, 4",
  })
  void theMarkGoesIntoTheContainer(String line, int at) {
    ContainerCommand command = assertInserts(Insertion.MARK, line, at);
    assertThat(command.warning()).contains(" exec starts inside the container may outlive");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sh -c 'exec docker run -i image' | a shell script",
        "bash -lc 'x=$(docker run -d i); docker attach $x' | a shell script",
        "/bin/sh -c '/usr/bin/podman --log-level error run i' | a shell script",
        "zsh -c 'cd x && docker-compose up' | a shell script",
        "sh -c 'docker compose up' | a shell script",
        "env -S 'docker run image' | env",
        "nohup sh -c 'docker run i' | a shell script",
        "my-wrapper -- docker run image | my-wrapper",
        "timeout --no-such-option 5 docker run image | timeout",
        "sudo -i docker run image | sudo",
        "docker --no-such-option run image | docker",
        "docker compose up | docker compose up",
        "docker compose --no-such-option run x | docker compose",
        "docker stack deploy x | docker stack",
        "docker mcp gateway run | docker mcp",
        "podman kube play x.yml | podman kube",
        "podman-compose run service | podman-compose",
      })
  void whatCannotBeLabelledIsSaid(String line, String who) {
    ContainerCommand command = of(line);
    assertThat(command.insertion()).isEqualTo(Insertion.NONE);
    assertThat(command.warning()).startsWith("the containers that " + who).contains("outlive");
    assertThat(command.needsEngine()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker start -ai box", "docker container restart box", "podman start b"})
  void aContainerThatWasMadeBeforeIsNotTheServers(String line) {
    ContainerCommand command = of(line);
    assertThat(command.insertion()).isEqualTo(Insertion.NONE);
    assertThat(command.warning()).contains("does not belong to this server, and stays");
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker compose run service", "docker-compose run service"})
  void theServicesThatOneDependsOnAreSaid(String line) {
    ContainerCommand command = of(line);
    assertThat(command.insertion()).isEqualTo(Insertion.LABELS);
    assertThat(command.warning()).contains("--no-deps");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docker",
        "docker ps",
        "docker attach run",
        "docker --context run",
        "docker container",
        "docker image ls",
        "docker compose ps",
        "my-docker run image",
        "npx run",
        "npx -y docker-mcp run",
        "uvx mcp-server-docker",
        "sh -c 'echo docker'",
        "sh -c 'exec npx -y some-server'",
        "bash server.sh",
        "env",
        "env A=1",
        "timeout 5",
      })
  void nothingElseIsTouchedOrMentioned(String line) {
    assertThat(find(line)).isNull();
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
        "env DOCKER_HOST=h X=1 docker run i | {DOCKER_HOST=h}",
        "env -u DOCKER_HOST docker run i | {}",
        "env -i docker run i | {}",
        "env -i DOCKER_HOST=h docker -c x run i | {DOCKER_CONTEXT=x}",
        "sudo docker run i | {DOCKER_CONTEXT=default}",
        "sudo DOCKER_HOST=h docker run i | {DOCKER_CONTEXT=default, DOCKER_HOST=h}",
      })
  void theEngineIsTheOneThatIsAsked(String line, String environment) {
    ContainerCommand command = of(line);
    assertThat(new TreeMap<>(command.environment(Map.of("DOCKER_HOST", "given"))))
        .hasToString(environment);
  }

  private static ContainerCommand assertInserts(Insertion insertion, String line, int at) {
    ContainerCommand command = of(line);
    assertThat(command.insertion()).isEqualTo(insertion);
    assertThat(command.at()).isEqualTo(at);
    return command;
  }

  private static ContainerCommand of(String line) {
    ContainerCommand command = find(line);
    assertThat(command).isNotNull();
    return command;
  }

  /// Finds the container command in a command line, whose last argument may be in quotes.
  private static @Nullable ContainerCommand find(String line) {
    String[] parts = line.split("'", -1);
    List<String> words = new ArrayList<>(List.of(parts[0].strip().split(" ", -1)));
    if (parts.length > 1) {
      words.add(parts[1]);
    }
    return ContainerCommandFinder.find(words);
  }
}
