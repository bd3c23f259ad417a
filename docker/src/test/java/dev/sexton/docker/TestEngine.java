package dev.sexton.docker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.NullMarked;

/// The real engine of this machine, used through the docker command, which is not the code under
/// test.
///
/// Remembers what it made and removes exactly that.
@NullMarked
public final class TestEngine implements AutoCloseable {
  /// A BusyBox with `sh`, `sleep`, `true` and `cat`.
  public static final String IMAGE = "sexton-test/busybox:local";

  /// A command that ignores SIGTERM.
  public static final List<String> STUBBORN =
      List.of("sh", "-c", "trap \"\" TERM; while :; do sleep 1; done");

  /// A command that exits with code 0 immediately upon SIGTERM.
  public static final List<String> POLITE =
      List.of("sh", "-c", "trap \"exit 0\" TERM; while :; do sleep 0.05; done");

  private final String labelKey = "sexton-test-" + UUID.randomUUID();
  private final List<String> containers = new ArrayList<>();
  private final List<String> networks = new ArrayList<>();
  private final List<String> volumes = new ArrayList<>();

  private TestEngine() {}

  /// Skips the test if no engine answers, or fails it if `SEXTON_REQUIRE_ENGINE` is 1.
  public static TestEngine require() throws IOException {
    need(answers(), "no container engine answers");
    if (!docker("images", "-q", IMAGE).isEmpty()) {
      return new TestEngine();
    }
    importImage();
    return new TestEngine();
  }

  private static void need(boolean condition, String otherwise) {
    if ("1".equals(System.getenv("SEXTON_REQUIRE_ENGINE")) && !condition) {
      throw new AssertionError(otherwise + ", and SEXTON_REQUIRE_ENGINE is set");
    }
    assumeTrue(condition, otherwise);
  }

  private static boolean answers() {
    try {
      docker("version", "--format", "{{.Server.Version}}");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// Imports Debian's busybox-static as an image, so no registry is needed.
  private static void importImage() throws IOException {
    Path busybox = Path.of("/bin/busybox");
    need(Files.exists(busybox), "install busybox-static to run the tests with an engine");
    Path directory = Files.createTempDirectory("sexton-test-image");
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Files.copy(busybox, bin.resolve("busybox"));
    for (String command : List.of("sh", "sleep", "true", "cat")) {
      Files.createSymbolicLink(bin.resolve(command), Path.of("busybox"));
    }
    run("sh", "-c", "tar -C " + directory + " -c . | docker import - " + IMAGE);
    run("rm", "-r", directory.toString());
  }

  /// Returns a label key that nothing else on this machine has.
  public String labelKey() {
    return labelKey;
  }

  /// Runs a labelled container in the background, with these options of `docker run`.
  public String run(List<String> options, List<String> command) throws IOException {
    List<String> all = new ArrayList<>(List.of("--label", labelKey + "=1"));
    all.addAll(options);
    return runUnlabelled(all, command);
  }

  public String runUnlabelled(List<String> options, List<String> command) throws IOException {
    return container("run", "-d", options, command);
  }

  /// Creates a labelled container that is never started.
  public String create() throws IOException {
    return container("create", "-i", List.of("--label", labelKey + "=1"), List.of("cat"));
  }

  private String container(String verb, String flag, List<String> options, List<String> command)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(verb, flag));
    all.addAll(options);
    all.add(IMAGE);
    all.addAll(command);
    String id = docker(all.toArray(new String[0]));
    containers.add(id);
    return id;
  }

  /// Creates a network, labelled or not.
  ///
  /// Returns its ID.
  public String network(boolean labelled) throws IOException {
    String name = "sexton-test-" + UUID.randomUUID();
    // The default address pool is exhausted after 31 bridges. An internal network needs no
    // iptables.
    String id = docker("network", "create", "--internal", "--label", label(labelled), name);
    networks.add(id);
    return id;
  }

  /// Creates a volume, labelled or not.
  ///
  /// Returns its name.
  public String volume(boolean labelled) throws IOException {
    String name = docker("volume", "create", "--label", label(labelled));
    volumes.add(name);
    return name;
  }

  private String label(boolean labelled) {
    return labelled ? labelKey + "=1" : "sexton-test-canary=1";
  }

  /// Returns the formatted `docker inspect` of a container; empty if there is none.
  public static String inspect(String id, String format) {
    try {
      return docker("container", "inspect", "--format", format, id);
    } catch (IOException e) {
      return "";
    }
  }

  public static boolean containerExists(String id) throws IOException {
    return lines("ps", "-aq", "--no-trunc").contains(id);
  }

  public static boolean networkExists(String id) throws IOException {
    return lines("network", "ls", "-q", "--no-trunc").contains(id);
  }

  public static boolean volumeExists(String name) throws IOException {
    return lines("volume", "ls", "-q").contains(name);
  }

  private static List<String> lines(String... arguments) throws IOException {
    return docker(arguments).lines().toList();
  }

  /// Runs the docker command and returns what it prints.
  public static String docker(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return run(command.toArray(new String[0]));
  }

  private static String run(String... command) throws IOException {
    Path output = Files.createTempFile("sexton-test", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(60, SECONDS);
      String text = Files.readString(output, StandardCharsets.UTF_8).strip();
      if (!ended || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + ": " + text);
      }
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      Files.delete(output);
    }
  }

  /// Removes what this object made and what still exists.
  @Override
  public void close() throws IOException {
    for (String id : containers) {
      if (containerExists(id)) {
        docker("rm", "-fv", id);
      }
    }
    for (String id : networks) {
      if (networkExists(id)) {
        docker("network", "rm", id);
      }
    }
    for (String name : volumes) {
      if (volumeExists(name)) {
        docker("volume", "rm", name);
      }
    }
  }
}
