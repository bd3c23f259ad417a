package dev.sexton.internal.record;

import dev.sexton.internal.command.ContainerCommand;
import dev.sexton.internal.process.StartTime;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a watcher has to know about a server that `sexton run` started, beyond what every record
/// contains. Immutable.
///
/// @param client the process whose death ends the server, or null if none does
/// @param afterStdinClose how long the server may stay after its client closes its stdin, or null
///   for no limit
/// @param grace the grace period
/// @param lateContainers whether the server is a client such as `docker run`, whose container may
///   appear after the client's death
/// @param engine the variables that led the server to its container engine, as far as it had any
public record RunTerms(
    @Nullable Client client,
    @Nullable Duration afterStdinClose,
    Duration grace,
    boolean lateContainers,
    Map<String, String> engine) {
  /// The variable that leads ssh to the agent with the user's keys.
  private static final String AGENT = "SSH_AUTH_SOCK";

  private static final String RUNTIME_DIRECTORY = "XDG_RUNTIME_DIR";
  private static final String KUBERNETES = "SEXTON_KUBERNETES";
  private static final String KUBECONFIG = "KUBECONFIG";

  /// The environment variables that lead to a container engine.
  public static final List<String> ENGINE_VARIABLES =
      Stream.concat(
              ContainerCommand.ENGINE_VARIABLES.stream(),
              Stream.of(
                  "DOCKER_TLS_VERIFY",
                  "DOCKER_CERT_PATH",
                  AGENT,
                  RUNTIME_DIRECTORY,
                  KUBERNETES,
                  KUBECONFIG))
          .toList();

  /// The default grace period, the same as for `docker stop`.
  public static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);

  /// The maximum duration, longer than any realistic wait. Longer ones are reduced to it.
  static final Duration LONGEST = Duration.ofDays(365);

  /// The process that started the server. It is on the owner's machine.
  ///
  /// @param pid its process ID
  /// @param start its start time, or 0 if it had ended when the server was registered
  public record Client(long pid, StartTime start) {}

  /// Copies the variables.
  public RunTerms {
    engine = Map.copyOf(engine);
  }

  /// Returns whether the server's engine was configured, and is not just the one that is usual on
  /// its machine.
  public boolean namesEngine() {
    return engine.keySet().stream().anyMatch(RunTerms::isSetting);
  }

  /// Returns whether an environment configures the same engine.
  public boolean namesEngineOf(Map<String, String> own) {
    return ENGINE_VARIABLES.stream()
        .filter(
            name -> isSetting(name) || (name.equals(KUBECONFIG) && engine.containsKey(KUBERNETES)))
        .allMatch(name ->
            engine.getOrDefault(name, "").equals(Objects.requireNonNullElse(own.get(name), "")));
  }

  /// Returns whether a variable chooses an engine, and not just says how to reach one.
  private static boolean isSetting(String variable) {
    return !Set.of(AGENT, RUNTIME_DIRECTORY, KUBECONFIG).contains(variable);
  }

  /// Returns an environment that leads to the server's engine.
  ///
  /// @param own the environment of this process, whose own engine is left out. Its agent is used if
  ///   the server's has ended, or it had none
  public Map<String, String> environment(Map<String, String> own) {
    Map<String, String> its = new HashMap<>(own);
    its.keySet().removeAll(ENGINE_VARIABLES);
    its.putAll(engine);
    String agent = own.get(AGENT);
    if (agent != null && !exists(engine.get(AGENT))) {
      its.put(AGENT, agent);
    }
    return its;
  }

  private static boolean exists(@Nullable String path) {
    try {
      return path != null && Files.exists(Path.of(path));
    } catch (InvalidPathException invalid) {
      return false;
    }
  }
}
