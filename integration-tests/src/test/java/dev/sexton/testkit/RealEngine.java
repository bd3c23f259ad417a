package dev.sexton.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A real container engine, used through the docker command: another way than the one under test.
 * Everything that is made here carries a label of this object's own, and {@link #close} removes
 * what carries it and is still there, by id.
 */
public final class RealEngine implements AutoCloseable {
  /** A busybox with {@code sh}, {@code sleep}, {@code true} and {@code cat}. */
  public static final String IMAGE = "sexton-test/busybox:local";

  /** Where Docker listens unless told otherwise. */
  private static final String USUAL = "unix:///var/run/docker.sock";

  private final String host;
  private final List<String> images = new ArrayList<>();
  private final Map<String, String> mine = Map.of("sexton-test-run", UUID.randomUUID().toString());

  private RealEngine(String host) {
    this.host = host;
  }

  /**
   * The engine that the docker command talks to. Skips the test if none answers; fails it instead
   * if {@code SEXTON_REQUIRE_ENGINE} is 1.
   */
  public static RealEngine require() throws IOException {
    String host = "";
    try {
      host =
          System.getenv()
              .getOrDefault(
                  "DOCKER_HOST",
                  Commands.run(
                      List.of("docker", "context", "inspect", "-f", "{{.Endpoints.docker.Host}}")));
      new RealEngine(host).docker("version", "--format", "{{.Server.Version}}");
    } catch (Commands.Failed | java.io.UncheckedIOException none) {
      host = "";
    }
    if ("1".equals(System.getenv("SEXTON_REQUIRE_ENGINE")) && host.isEmpty()) {
      throw new AssertionError("no container engine answers, and SEXTON_REQUIRE_ENGINE is set");
    }
    assumeTrue(!host.isEmpty(), "no container engine answers");
    return at(host);
  }

  /** The engine at this address, which has to answer. */
  public static RealEngine at(String host) throws IOException {
    RealEngine engine = new RealEngine(host);
    if (engine.docker("images", "-q", IMAGE).isEmpty()) {
      engine.importImage();
    }
    return engine;
  }

  /** Debian's busybox-static, as an image: no registry is needed. */
  private void importImage() throws IOException {
    Path busybox = Path.of("/bin/busybox");
    assumeTrue(Files.exists(busybox), "install busybox-static to run the tests with an engine");
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

  /** What leads to this engine: nothing if it is where everybody looks first. */
  public Map<String, String> environment() {
    return host.equals(USUAL) ? Map.of() : Map.of("DOCKER_HOST", host);
  }

  /** What {@link #close} goes by, for what is made in another way than through this object. */
  public Map<String, String> label() {
    return mine;
  }

  /** Options that put these labels, and that of this object, on something. */
  public List<String> labels(Map<String, String> labels) {
    List<String> options = new ArrayList<>();
    mine.forEach((key, value) -> options.addAll(List.of("--label", key + "=" + value)));
    labels.forEach((key, value) -> options.addAll(List.of("--label", key + "=" + value)));
    return options;
  }

  /** {@code docker run -d}; the id. */
  public String run(Map<String, String> labels, List<String> options, List<String> command) {
    return container(List.of("run", "-d"), labels, options, command);
  }

  /// An image with a container's files, and with these labels; its name. So a commit makes one,
  /// which Podman 4.3 does not understand when the docker command of today asks for it.
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

  /// `docker run -d` of an image that [#commit] made; the id.
  public String runFrom(String image, List<String> command) {
    List<String> all = new ArrayList<>(List.of("run", "-d"));
    all.addAll(labels(Map.of()));
    all.add(image);
    all.addAll(command);
    String answer = docker(all.toArray(new String[0]));
    return answer.substring(answer.lastIndexOf('\n') + 1);
  }

  /** {@code docker create}; the id. */
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

  /** A network; its id. */
  public String network(Map<String, String> labels) {
    // Bridges of the default kind run out of addresses after 31 of them; internal saves iptables.
    List<String> all = new ArrayList<>(List.of("network", "create", "--internal"));
    all.addAll(labels(labels));
    all.add("sexton-test-" + UUID.randomUUID());
    docker(all.toArray(new String[0]));
    return docker("network", "inspect", "-f", "{{.Id}}", all.getLast());
  }

  /** A volume; its name. */
  public String volume(Map<String, String> labels) {
    List<String> all = new ArrayList<>(List.of("volume", "create"));
    all.addAll(labels(labels));
    all.add("sexton-test-" + UUID.randomUUID());
    return docker(all.toArray(new String[0]));
  }

  /** {@code docker inspect} of a container with a format; empty if there is none. */
  public String inspect(String id, String format) {
    try {
      return docker("container", "inspect", "--format", format, id);
    } catch (Commands.Failed gone) {
      return "";
    }
  }

  /** What changes if anything is done to a container: its state, since when, and its restarts. */
  public String state(String id) {
    return inspect(id, "{{.State.Status}} {{.State.StartedAt}} {{.RestartCount}}");
  }

  /** The ids of all containers, networks and volumes that this object made and that are there. */
  public List<String> left() {
    List<String> left = new ArrayList<>();
    lists().forEach((list, remove) -> left.addAll(ids(list)));
    return left;
  }

  /** The ids of the containers that carry a label, whatever their state. */
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

  /** Runs the docker command against this engine and returns what it prints. */
  public String docker(String... arguments) {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return Commands.run(command, Map.of("DOCKER_HOST", host), 60);
  }

  /** The same as a command line, for somebody else to run. */
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
