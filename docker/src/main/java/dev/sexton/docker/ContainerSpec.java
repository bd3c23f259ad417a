package dev.sexton.docker;

import dev.sexton.docker.internal.engine.ImageReference;
import dev.sexton.internal.http.Text;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Describes a container to create. Immutable. Values that no engine accepts are rejected with an
/// [IllegalArgumentException] that has a one-line message.
///
/// @param image the image: `[registry/]name[:tag][@digest]`, or an image ID
/// @param command the command; empty for the image's own
/// @param entrypoint the entrypoint, which receives the command; empty for the image's own
/// @param name the name, which must be unused; empty if the engine chooses one
/// @param labels the labels
/// @param environment variables that are added to the image's or replace them
/// @param workingDirectory an absolute path; empty for the image's own
/// @param ports the ports that are reachable from this machine
/// @param mounts the files and directories of this machine that are visible in the container
/// @param memoryBytes the memory limit, in bytes; null for none
/// @param cpus the limit in processors, such as 1.5; null for none
/// @param pidsLimit the maximum number of processes and threads; null for the engine's own limit
/// @param pull whether a missing image is pulled
/// @param init whether the engine's small init program runs as process 1 and the command below it.
///   Then a command without a handler for SIGTERM ends on request, and zombies are reaped. Switch
///   it off for images whose own init must be process 1 (s6-overlay, systemd). Ignored by engines
///   that report no init program, such as Podman.
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

  /// The names that engines accept (`RestrictedNamePattern` of moby), limited to a length that fits
  /// in a URL.
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}");

  private static final int MAX_PORT = 65_535;

  /// Far more processors than exist, and far less than what overflows in billionths.
  private static final double MAX_CPUS = 1_000_000;

  /// The minimum that the engine requires: 6 MiB.
  private static final long MIN_MEMORY_BYTES = 6L * 1024 * 1024;

  /// A TCP port that is reachable only from this machine: it is bound to 127.0.0.1.
  ///
  /// @param containerPort the port in the container
  /// @param hostPort the port on this machine; 0 if the engine chooses a free one
  public record PortMapping(int containerPort, int hostPort) {
    /// Checks the port numbers.
    public PortMapping {
      require(
          containerPort >= 1 && containerPort <= MAX_PORT,
          "not a container port: " + containerPort + "; it must be 1 to 65535");
      require(
          hostPort >= 0 && hostPort <= MAX_PORT,
          "not a port of this machine: " + hostPort + "; it must be 0 (any) to 65535");
    }
  }

  /// A file or directory that the container sees at another path.
  ///
  /// @param source the absolute path as the engine sees it, without comma or control character; if
  ///   it does not exist, Docker reports an error and Podman creates a directory
  /// @param target the absolute path in the container, without comma or control character
  /// @param readOnly whether the container may only read it
  public record Mount(Path source, String target, boolean readOnly) {
    /// Checks the paths.
    public Mount {
      require(
          source.isAbsolute(),
          "the mount's source is not absolute: " + Text.forPerson(source.toString()));
      requirePlain(source.toString(), "the mount's source");
      requirePlain(target, "the mount's target");
      require(
          target.startsWith("/") && !target.equals("/"),
          "the mount's target is not an absolute path below /: \"" + Text.forPerson(target) + "\"");
    }
  }

  /// Checks all values, and copies the mutable ones.
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
        "not a container name: \""
            + Text.forPerson(name)
            + "\"; it must be 2 to 255 letters, digits, _ . - and begin with a letter or digit");
    command.forEach(word -> requireText(word, "the command"));
    entrypoint.forEach(word -> requireText(word, "the entrypoint"));
    require(
        workingDirectory.isEmpty() || workingDirectory.startsWith("/"),
        "the working directory is not absolute: \"" + Text.forPerson(workingDirectory) + "\"");
    requireText(workingDirectory, "the working directory");
    labels.forEach((key, value) -> requireKey(key, value, "a label"));
    environment.forEach((key, value) -> requireKey(key, value, "an environment variable"));
    require(
        ports.stream().map(PortMapping::containerPort).distinct().count() == ports.size(),
        "a container port is mapped twice; map each port once");
    require(
        memoryBytes == null || memoryBytes >= MIN_MEMORY_BYTES,
        "not a memory limit: " + memoryBytes + " bytes; it must be 6 MiB or more");
    require(
        cpus == null || (cpus >= 0.01 && cpus <= MAX_CPUS),
        "not a number of processors: " + cpus + "; it must be 0.01 or more");
    require(
        pidsLimit == null || pidsLimit > 0,
        "not a number of processes: " + pidsLimit + "; it must be 1 or more");
  }

  /// {@return a builder for a spec of this image} Everything else is left to the image and the
  /// engine.
  ///
  /// @param image the image: `[registry/]name[:tag][@digest]`, or an image ID
  public static Builder builder(String image) {
    return new Builder(image);
  }

  private static void requireKey(String key, String value, String what) {
    require(
        !key.isEmpty() && key.indexOf('=') < 0,
        "not the name of "
            + what
            + ": \""
            + Text.forPerson(key)
            + "\"; it must not be empty or contain =");
    requireText(key, what);
    requireText(value, what);
  }

  private static void requireText(String text, String what) {
    require(text.indexOf('\0') < 0, what + " contains a NUL character; remove it");
  }

  /// Podman 4.3 writes a mount as comma-separated options, so a comma would begin another option.
  private static void requirePlain(String path, String what) {
    require(
        path.indexOf(',') < 0 && path.chars().noneMatch(Character::isISOControl),
        what + " contains a comma or control character: \"" + Text.forPerson(path) + "\"");
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /// Builds a [ContainerSpec]. Not safe for use by multiple threads.
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

    /// Sets the command. The default is the image's own.
    ///
    /// @param words the command and its arguments; empty for the image's own
    /// @return this builder
    public Builder command(List<String> words) {
      command = words;
      return this;
    }

    /// Sets the entrypoint, which receives the command. The default is the image's own.
    ///
    /// @param words the program and its first arguments; empty for the image's own
    /// @return this builder
    public Builder entrypoint(List<String> words) {
      entrypoint = words;
      return this;
    }

    /// Sets the name. By default the engine chooses one.
    ///
    /// @param free 2 to 255 letters, digits, `_`, `.` and `-`, unused by other containers; empty if
    ///   the engine chooses
    /// @return this builder
    public Builder name(String free) {
      name = free;
      return this;
    }

    /// Sets all labels.
    ///
    /// @param all keys and values; those of an instance are
    ///   [dev.sexton.InstanceTracker#containerLabels]
    /// @return this builder
    public Builder labels(Map<String, String> all) {
      labels = all;
      return this;
    }

    /// Sets the variables that are added to the image's or replace them.
    ///
    /// @param variables names and values
    /// @return this builder
    public Builder environment(Map<String, String> variables) {
      environment = variables;
      return this;
    }

    /// Sets the working directory. The default is the image's own.
    ///
    /// @param path an absolute path in the container; empty for the image's own
    /// @return this builder
    public Builder workingDirectory(String path) {
      workingDirectory = path;
      return this;
    }

    /// Sets all ports that are reachable from this machine.
    ///
    /// @param all the ports, each container port once; none by default
    /// @return this builder
    public Builder ports(List<PortMapping> all) {
      ports = all;
      return this;
    }

    /// Sets all mounts from this machine.
    ///
    /// @param all the mounts; none by default
    /// @return this builder
    public Builder mounts(List<Mount> all) {
      mounts = all;
      return this;
    }

    /// Sets the memory limit, in bytes.
    ///
    /// @param bytes 6 MiB or more; null, the default, for none
    /// @return this builder
    public Builder memoryBytes(@Nullable Long bytes) {
      memoryBytes = bytes;
      return this;
    }

    /// Sets the limit in processors.
    ///
    /// @param number 0.01 or more, such as 1.5; null, the default, for none
    /// @return this builder
    public Builder cpus(@Nullable Double number) {
      cpus = number;
      return this;
    }

    /// Sets the maximum number of processes and threads.
    ///
    /// @param number 1 or more; null, the default, for the engine's own limit
    /// @return this builder
    public Builder pidsLimit(@Nullable Integer number) {
      pidsLimit = number;
      return this;
    }

    /// Sets whether a missing image is pulled, false by default.
    ///
    /// @param whether true to pull it; false to let [ContainerEngine#start] fail
    /// @return this builder
    public Builder pull(boolean whether) {
      pull = whether;
      return this;
    }

    /// Sets whether the engine's init program runs as process 1, true by default.
    ///
    /// @param whether false for images whose own init must be process 1
    /// @return this builder
    public Builder init(boolean whether) {
      init = whether;
      return this;
    }

    /// {@return the spec}
    ///
    /// @throws IllegalArgumentException if no engine accepts it
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
