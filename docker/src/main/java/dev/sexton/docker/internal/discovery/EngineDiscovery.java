package dev.sexton.docker.internal.discovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the engine that the docker command would use, as set by `DOCKER_HOST`, `DOCKER_CONTEXT` or
/// the current context of `config.json`. If none of these is set, finds every socket that a usual
/// installation creates. A server may have used any of them, and the docker command does not look
/// for the rootless ones itself.
public final class EngineDiscovery {
  private final Map<String, String> environment;
  private final Path root;

  /// Uses these environment variables on this machine.
  public EngineDiscovery(Map<String, String> environment) {
    this(environment, Path.of("/"));
  }

  /// Uses another root directory, which moves the sockets that do not belong to the user.
  EngineDiscovery(Map<String, String> environment, Path root) {
    this.environment = environment;
    this.root = root;
  }

  /// Returns the engines. Examines only the environment and the file system. Never fails.
  public List<Engine> discover() {
    try {
      Engine configured = configured();
      return configured == null ? present() : List.of(configured);
    } catch (InvalidPathException e) {
      return List.of(
          new Engine.Unusable(
              "Docker",
              "a path in the environment is invalid: " + e.getMessage() + "; correct it"));
    }
  }

  private @Nullable Engine configured() {
    String configDirectory = set("DOCKER_CONFIG");
    Path directory = configDirectory == null ? home().resolve(".docker") : Path.of(configDirectory);
    Path certificates = certificates(directory);
    EngineHost hosts = new EngineHost(environment);
    String host = set("DOCKER_HOST");
    if (host != null) {
      return certificates == null
              && set("DOCKER_TLS") != null
              && !host.strip().matches("(unix|ssh):.*")
          ? EngineHost.unusable(
              host.strip(),
              "DOCKER_HOST",
              "TLS without verification is not supported; set DOCKER_TLS_VERIFY=1")
          : hosts.parse(host, certificates, "DOCKER_HOST");
    }
    DockerConfig config = new DockerConfig(directory, hosts);
    String context = set("DOCKER_CONTEXT");
    if (context == null) {
      context = config.currentContext();
    }
    return context == null || context.equals("default")
        ? null
        : config.engineOf(context, certificates);
  }

  /// Returns the directory with the certificates, as the docker command chooses it; null for no
  /// TLS.
  private @Nullable Path certificates(Path configDirectory) {
    if (set("DOCKER_TLS_VERIFY") == null) {
      return null;
    }
    String named = set("DOCKER_CERT_PATH");
    return named == null ? configDirectory : Path.of(named);
  }

  private List<Engine> present() {
    List<Path> candidates = new ArrayList<>();
    candidates.add(root.resolve("var/run/docker.sock"));
    String runtime = set("XDG_RUNTIME_DIR");
    if (runtime != null) {
      candidates.add(Path.of(runtime, "docker.sock"));
    }
    candidates.add(home().resolve(".docker/run/docker.sock"));
    candidates.add(home().resolve(".docker/desktop/docker.sock"));
    if (runtime != null) {
      candidates.add(Path.of(runtime, "podman", "podman.sock"));
    }
    candidates.add(root.resolve("run/podman/podman.sock"));

    // Docker Desktop and podman-docker link one path to another. Such an engine is asked once.
    Map<Path, Engine> engines = new LinkedHashMap<>();
    for (Path candidate : candidates) {
      if (Files.exists(candidate)) {
        engines.putIfAbsent(realPath(candidate), EngineHost.unix(candidate));
      }
    }
    return List.copyOf(engines.values());
  }

  private static Path realPath(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }

  /// Returns the home directory. `HOME` comes first, because Java's `user.home` ignores it.
  private Path home() {
    String home = set("HOME");
    return Path.of(home == null ? System.getProperty("user.home", "") : home);
  }

  /// Returns the variable; null if it is unset or empty, as in the docker command.
  private @Nullable String set(String name) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? null : value;
  }
}
