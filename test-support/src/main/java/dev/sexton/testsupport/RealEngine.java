package dev.sexton.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A real container engine, used through the docker command and so not through the code under test.
/// Everything that is made here carries a label of this object. [#close] removes what carries this
/// label and still exists, by ID.
public final class RealEngine implements AutoCloseable {
  /// A busybox with `sh`, `sleep`, `true` and `cat`.
  public static final String IMAGE = "sexton-test/busybox:local";

  /// A command that exits with code 0 immediately upon SIGTERM.
  public static final List<String> POLITE =
      List.of("sh", "-c", "trap \"exit 0\" TERM; while :; do sleep 0.05; done");

  /// A command that ignores SIGTERM.
  public static final List<String> STUBBORN =
      List.of("sh", "-c", "trap \"\" TERM; while :; do sleep 1; done");

  /// The address where Docker listens by default.
  private static final String USUAL = "unix:///var/run/docker.sock";

  private final String host;
  private final List<String> images = new ArrayList<>();
  private final Map<String, String> mine = Map.of("sexton-test-run", UUID.randomUUID().toString());

  private RealEngine(String host) {
    this.host = host;
  }

  /// Returns the engine that the docker command uses. Skips the test if no engine answers, or fails
  /// it if `SEXTON_REQUIRE_ENGINE` is 1.
  public static RealEngine require() throws IOException {
    String host =
        Requirement.ENGINE.get(
            "no container engine answers",
            () -> {
              String address =
                  System.getenv()
                      .getOrDefault(
                          "DOCKER_HOST",
                          Commands.run(
                              List.of(
                                  "docker",
                                  "context",
                                  "inspect",
                                  "-f",
                                  "{{.Endpoints.docker.Host}}")));
              new RealEngine(address).docker("version", "--format", "{{.Server.Version}}");
              return address;
            });
    return at(host);
  }

  /// Returns the engine at this address, which must answer.
  public static RealEngine at(String host) throws IOException {
    RealEngine engine = new RealEngine(host);
    if (engine.docker("images", "-q", IMAGE).isEmpty()) {
      engine.importImage();
    }
    return engine;
  }

  /// Imports Debian's busybox-static as an image, so no registry is needed.
  private void importImage() throws IOException {
    Path busybox = Path.of("/bin/busybox");
    Requirement.ENGINE.check(Files.exists(busybox), "/bin/busybox, of busybox-static, is missing");
    Path directory = Files.createTempDirectory("sexton-test-image");
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Files.copy(busybox, bin.resolve("busybox"));
    for (String command : List.of("sh", "sleep", "true", "cat")) {
      Files.createSymbolicLink(bin.resolve(command), Path.of("busybox"));
    }
    Commands.run(
        List.of("sh", "-c", "tar -C " + directory + " -c . | docker import - " + IMAGE),
        environment(),
        60);
    Commands.run(List.of("rm", "-r", directory.toString()));
  }

  /// Returns the environment that leads to this engine. It is empty for the default address.
  public Map<String, String> environment() {
    return host.equals(USUAL) ? Map.of() : Map.of("DOCKER_HOST", host);
  }

  /// Returns the label that [#close] uses. Resources not made through this object need it, too.
  public Map<String, String> label() {
    return mine;
  }

  /// Returns options that put these labels and the label of this object on a resource.
  public List<String> labels(Map<String, String> labels) {
    List<String> options = new ArrayList<>();
    mine.forEach((key, value) -> options.addAll(List.of("--label", key + "=" + value)));
    labels.forEach((key, value) -> options.addAll(List.of("--label", key + "=" + value)));
    return options;
  }

  /// Runs `docker run -d` and returns the ID.
  public String run(Map<String, String> labels, List<String> options, List<String> command) {
    return container(List.of("run", "-d"), labels, options, command);
  }

  /// Makes an image from a container's files, with these labels, and returns its name. A commit
  /// would do the same, but Podman 4.3 does not understand the request of the current docker
  /// command.
  public String commit(String container, Map<String, String> labels) {
    StringBuilder script = new StringBuilder("docker export \"$0\" | docker import");
    labels.forEach((key, value) ->
        script
            .append(" --change 'LABEL \"")
            .append(key)
            .append("\"=\"")
            .append(value)
            .append("\"'"));
    String image = "sexton-test/" + UUID.randomUUID() + ":committed";
    Commands.run(
        List.of("sh", "-c", script + " - \"$1\"", container, image),
        Map.of("DOCKER_HOST", host),
        60);
    images.add(image);
    return image;
  }

  /// Runs `docker run -d` with an image that [#commit] made, and returns the ID.
  public String runFrom(String image, List<String> command) {
    List<String> all = new ArrayList<>(List.of("run", "-d"));
    all.addAll(labels(Map.of()));
    all.add(image);
    all.addAll(command);
    String answer = docker(all.toArray(new String[0]));
    return answer.substring(answer.lastIndexOf('\n') + 1);
  }

  /// Runs `docker create` and returns the ID.
  public String create(Map<String, String> labels, List<String> command) {
    return container(List.of("create"), labels, List.of(), command);
  }

  private String container(
      List<String> verb, Map<String, String> labels, List<String> options, List<String> command) {
    List<String> all = new ArrayList<>(verb);
    all.addAll(labels(labels));
    all.addAll(options);
    all.add(IMAGE);
    all.addAll(command);
    String answer = docker(all.toArray(new String[0]));
    return answer.substring(answer.lastIndexOf('\n') + 1); // Warnings come before it.
  }

  /// Creates a network and returns its ID.
  public String network(Map<String, String> labels) {
    // Default bridges run out of addresses after 31 networks. An internal one needs no iptables.
    List<String> all = new ArrayList<>(List.of("network", "create", "--internal"));
    all.addAll(labels(labels));
    all.add("sexton-test-" + UUID.randomUUID());
    docker(all.toArray(new String[0]));
    return docker("network", "inspect", "-f", "{{.Id}}", all.getLast());
  }

  /// Creates a volume and returns its name.
  public String volume(Map<String, String> labels) {
    List<String> all = new ArrayList<>(List.of("volume", "create"));
    all.addAll(labels(labels));
    all.add("sexton-test-" + UUID.randomUUID());
    return docker(all.toArray(new String[0]));
  }

  /// Returns `docker inspect` of a container with a format. Empty if there is no such container.
  public String inspect(String id, String format) {
    try {
      return docker("container", "inspect", "--format", format, id);
    } catch (Commands.Failed gone) {
      return "";
    }
  }

  /// Returns what changes when a container is touched: its state, its start time and its restarts.
  public String state(String id) {
    return inspect(id, "{{.State.Status}} {{.State.StartedAt}} {{.RestartCount}}");
  }

  /// Returns the IDs of all containers, networks and volumes of this object that still exist.
  public List<String> left() {
    List<String> left = new ArrayList<>();
    lists().forEach((list, remove) -> left.addAll(ids(list)));
    return left;
  }

  /// Returns the IDs of the containers that carry a label, in any state.
  public List<String> containersWith(String label) {
    return lines(docker("ps", "-aq", "--no-trunc", "--filter", "label=" + label));
  }

  private Map<List<String>, List<String>> lists() {
    Map<List<String>, List<String>> lists = new LinkedHashMap<>();
    lists.put(List.of("ps", "-aq", "--no-trunc"), List.of("rm", "-fv"));
    lists.put(List.of("network", "ls", "-q", "--no-trunc"), List.of("network", "rm"));
    lists.put(List.of("volume", "ls", "-q"), List.of("volume", "rm"));
    return lists;
  }

  private List<String> ids(List<String> list) {
    List<String> command = new ArrayList<>(list);
    mine.forEach((key, value) -> command.addAll(List.of("--filter", "label=" + key + "=" + value)));
    return lines(docker(command.toArray(new String[0])));
  }

  private static List<String> lines(String text) {
    return text.lines().filter(line -> !line.isBlank()).toList();
  }

  /// Runs the docker command against this engine and returns its output.
  public String docker(String... arguments) {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return Commands.run(command, Map.of("DOCKER_HOST", host), 60);
  }

  /// Returns the same as a command line, for another process to run.
  public List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of("docker", "-H", host));
    command.addAll(List.of(arguments));
    return command;
  }

  @Override
  public void close() {
    lists()
        .forEach((list, remove) -> {
          List<String> ids = ids(list);
          if (!ids.isEmpty()) {
            List<String> command = new ArrayList<>(remove);
            command.addAll(ids);
            docker(command.toArray(new String[0]));
          }
        });
    images.forEach(image -> docker("rmi", image));
  }
}
