package dev.sexton.docker;

import dev.sexton.docker.internal.engine.ImageReference;
import dev.sexton.docker.internal.http.Text;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a container is to be. Immutable. What no engine could do is refused here, with an {@link
 * IllegalArgumentException} of one line.
 *
 * @param image its image: {@code [registry/]name[:tag][@digest]}, or an image's id
 * @param command what it runs; empty for the image's own
 * @param entrypoint what the command is given to; empty for the image's own
 * @param name its name, which has to be free; empty if the engine is to choose one
 * @param labels its labels
 * @param environment what its environment has more than, or instead of, the image's
 * @param workingDirectory absolute; empty for the image's own
 * @param ports what of it can be reached from this machine
 * @param mounts what of this machine it sees
 * @param memoryBytes how much memory it may use; null for any
 * @param cpus how much of the processors it may use, such as 1.5; null for any
 * @param pidsLimit how many processes and threads it may have; null for the engine's own limit
 * @param pull whether a missing image is pulled
 * @param init whether the engine's small init program runs as process 1 and the command below it,
 *     so that a command without a handler for SIGTERM ends when it is asked, and zombies are
 *     reaped. To be switched off for images that bring an init of their own which has to be process
 *     1 (s6-overlay, systemd). Ignored by engines that name no init program, as Podman.
 */
public record ContainerSpec(
    String image,
    List<String> command,
    List<String> entrypoint,
    String name,
    Map<String, String> labels,
    Map<String, String> environment,
    String workingDirectory,
    List<PortMapping> ports,
    List<Mount> mounts,
    @Nullable Long memoryBytes,
    @Nullable Double cpus,
    @Nullable Integer pidsLimit,
    boolean pull,
    boolean init) {

  /** What engines permit ({@code RestrictedNamePattern} of moby), up to a length fit for a URL. */
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}");

  private static final int MAX_PORT = 65_535;

  /** Far more than there are, and far less than what overflows in billionths. */
  private static final double MAX_CPUS = 1_000_000;

  /** What the engine itself demands at least: 6 MiB. */
  private static final long MIN_MEMORY_BYTES = 6L * 1024 * 1024;

  /**
   * A TCP port that can be reached from this machine, and only from it: it is bound to 127.0.0.1.
   *
   * @param containerPort the port in the container
   * @param hostPort the port on this machine; 0 if the engine is to choose a free one
   */
  public record PortMapping(int containerPort, int hostPort) {
    /** Checks the numbers. */
    public PortMapping {
      require(
          containerPort >= 1 && containerPort <= MAX_PORT,
          "not a container's port: " + containerPort + "; it has to be 1 to 65535");
      require(
          hostPort >= 0 && hostPort <= MAX_PORT,
          "not a port of this machine: " + hostPort + "; it has to be 0 (any) to 65535");
    }
  }

  /**
   * A file or directory that the container sees, under another name.
   *
   * @param source where it is, absolute, and as the engine sees it, without comma or control
   *     character; of one that does not exist Docker makes an error, Podman a directory
   * @param target where the container sees it, absolute; no comma or control character
   * @param readOnly whether the container may only read it
   */
  public record Mount(Path source, String target, boolean readOnly) {
    /** Checks the paths. */
    public Mount {
      require(
          source.isAbsolute(),
          "not absolute: the mount's source " + Text.forPerson(source.toString()));
      requirePlain(source.toString(), "the mount's source");
      requirePlain(target, "the mount's target");
      require(
          target.startsWith("/") && !target.equals("/"),
          "not an absolute path below /: the mount's target \"" + Text.forPerson(target) + "\"");
    }
  }

  /** Checks, and copies what could be changed. */
  public ContainerSpec {
    ImageReference.parse(image);
    command = List.copyOf(command);
    entrypoint = List.copyOf(entrypoint);
    labels = Map.copyOf(labels);
    environment = Map.copyOf(environment);
    ports = List.copyOf(ports);
    mounts = List.copyOf(mounts);
    require(
        name.isEmpty() || NAME.matcher(name).matches(),
        "not the name of a container: \""
            + Text.forPerson(name)
            + "\"; it has to be 2 to 255 letters, digits, _ . - and begin with a letter or digit");
    command.forEach(word -> requireText(word, "the command"));
    entrypoint.forEach(word -> requireText(word, "the entrypoint"));
    require(
        workingDirectory.isEmpty() || workingDirectory.startsWith("/"),
        "not absolute: the working directory \"" + Text.forPerson(workingDirectory) + "\"");
    requireText(workingDirectory, "the working directory");
    labels.forEach((key, value) -> requireKey(key, value, "a label"));
    environment.forEach((key, value) -> requireKey(key, value, "an environment variable"));
    require(
        ports.stream().map(PortMapping::containerPort).distinct().count() == ports.size(),
        "a container's port is mapped twice; one mapping for each is possible");
    require(
        memoryBytes == null || memoryBytes >= MIN_MEMORY_BYTES,
        "not a memory limit: " + memoryBytes + " bytes; it has to be 6 MiB or more");
    require(
        cpus == null || (cpus >= 0.01 && cpus <= MAX_CPUS),
        "not a number of processors: " + cpus + "; it has to be 0.01 or more");
    require(
        pidsLimit == null || pidsLimit > 0,
        "not a number of processes: " + pidsLimit + "; it has to be 1 or more");
  }

  /** A spec of this image, with everything else left to the image and the engine. */
  public static Builder builder(String image) {
    return new Builder(image);
  }

  private static void requireKey(String key, String value, String what) {
    require(
        !key.isEmpty() && key.indexOf('=') < 0,
        "not the name of " + what + ": \"" + Text.forPerson(key) + "\"; it has to be without =");
    requireText(key, what);
    requireText(value, what);
  }

  private static void requireText(String text, String what) {
    require(text.indexOf('\0') < 0, what + " has a NUL character in it; remove it");
  }

  /** Podman 4.3 writes a mount as options with commas between: a comma would begin another one. */
  private static void requirePlain(String path, String what) {
    require(
        path.indexOf(',') < 0 && path.chars().noneMatch(Character::isISOControl),
        what + " has a comma or control character in it: \"" + Text.forPerson(path) + "\"");
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** Puts a spec together. Not safe for use by several threads. */
  public static final class Builder {
    private final String image;
    private List<String> command = List.of();
    private List<String> entrypoint = List.of();
    private String name = "";
    private Map<String, String> labels = Map.of();
    private Map<String, String> environment = Map.of();
    private String workingDirectory = "";
    private List<PortMapping> ports = List.of();
    private List<Mount> mounts = List.of();
    private @Nullable Long memoryBytes;
    private @Nullable Double cpus;
    private @Nullable Integer pidsLimit;
    private boolean pull;
    private boolean init = true;

    private Builder(String image) {
      this.image = Objects.requireNonNull(image);
    }

    /** What it runs; the image's own unless this is called. */
    public Builder command(List<String> words) {
      command = words;
      return this;
    }

    /** What the command is given to; the image's own unless this is called. */
    public Builder entrypoint(List<String> words) {
      entrypoint = words;
      return this;
    }

    /** Its name; the engine chooses one unless this is called. */
    public Builder name(String free) {
      name = free;
      return this;
    }

    /** All its labels. */
    public Builder labels(Map<String, String> all) {
      labels = all;
      return this;
    }

    /** What its environment has more than, or instead of, the image's. */
    public Builder environment(Map<String, String> variables) {
      environment = variables;
      return this;
    }

    /** An absolute path; the image's own unless this is called. */
    public Builder workingDirectory(String path) {
      workingDirectory = path;
      return this;
    }

    /** All ports that can be reached from this machine. */
    public Builder ports(List<PortMapping> all) {
      ports = all;
      return this;
    }

    /** All that it sees of this machine. */
    public Builder mounts(List<Mount> all) {
      mounts = all;
      return this;
    }

    /** How much memory it may use, 6 MiB or more; null for any. */
    public Builder memoryBytes(@Nullable Long bytes) {
      memoryBytes = bytes;
      return this;
    }

    /** How much of the processors it may use, such as 1.5; null for any. */
    public Builder cpus(@Nullable Double number) {
      cpus = number;
      return this;
    }

    /** How many processes and threads it may have; null for the engine's own limit. */
    public Builder pidsLimit(@Nullable Integer number) {
      pidsLimit = number;
      return this;
    }

    /** Whether a missing image is pulled; no unless this is called. */
    public Builder pull(boolean whether) {
      pull = whether;
      return this;
    }

    /** Whether the engine's init program runs as process 1; yes unless this is called. */
    public Builder init(boolean whether) {
      init = whether;
      return this;
    }

    /**
     * The spec.
     *
     * @throws IllegalArgumentException if no engine could do it
     */
    public ContainerSpec build() {
      return new ContainerSpec(
          image,
          command,
          entrypoint,
          name,
          labels,
          environment,
          workingDirectory,
          ports,
          mounts,
          memoryBytes,
          cpus,
          pidsLimit,
          pull,
          init);
    }
  }
}
