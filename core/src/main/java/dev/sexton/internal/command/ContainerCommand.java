package dev.sexton.internal.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How a server's command line uses containers: `docker`, `podman` or `nerdctl`, perhaps after
/// `env` or a similar program. A container that the command line creates gets the instance's
/// labels, and a process that `docker exec` starts gets the marker. Where that is impossible, there
/// is a warning.
///
/// @param insertion what is inserted into the command line
/// @param at the index of the word before which it is inserted
/// @param program docker, podman, nerdctl or docker-compose; empty if another program runs them
/// @param options what the command line says about the engine, as environment variables; an empty
///   value for a variable that it ignores
/// @param warning a human-readable description of what is impossible; empty if everything is
///   possible
public record ContainerCommand(
    Insertion insertion, int at, String program, Map<String, String> options, String warning) {
  /// What is inserted into a command line.
  public enum Insertion {
    /// Nothing.
    NONE,
    /// The instance's labels, for the container that is created.
    LABELS,
    /// The instance's marker, in the environment of a process that is started in a container.
    MARK
  }

  /// The variables that select an engine.
  public static final List<String> ENGINE_VARIABLES =
      List.of("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "CONTAINER_HOST");

  private static final Set<String> PROGRAMS =
      Set.of("docker", "podman", "nerdctl", "docker-compose", "podman-compose");

  private static final Set<String> SHELLS =
      Set.of("sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "fish", "busybox");

  /// A command line of such a program within a text, as a shell or another program would run it.
  private static final Pattern IN_TEXT =
      Pattern.compile(
          "(?<![\\w.-])(docker|podman|nerdctl)(-compose)?(\\s+-\\S+(\\s+[^-\\s]\\S*)?)*?\\s+"
              + "(run|create|exec|start|compose|container|up|play|kube|stack|service)\\b");

  /// Reads a command line.
  ///
  /// @return null if it does not use containers, as far as this can be determined
  public static @Nullable ContainerCommand of(List<String> words) {
    Map<String, String> options = new HashMap<>();
    int at = 0;
    while (true) {
      String name = CommandWords.baseName(words.get(at));
      if (PROGRAMS.contains(name)) {
        return new ContainerCommandReader(words, name, at + 1, options).read();
      }
      Wrapper wrapper = Wrapper.of(name);
      int inner = wrapper == null ? -1 : wrapper.inner(name, words, at, options);
      if (inner < 0) {
        return unread(words, at);
      }
      if (name.equals("sudo") || name.equals("doas")) {
        disregard(options);
      }
      at = inner;
    }
  }

  /// Checks whether an argument of a shell, or of an unknown program, runs containers.
  static @Nullable ContainerCommand unread(List<String> words, int at) {
    String text = String.join(" ", words.subList(at, words.size()));
    if (!IN_TEXT.matcher(text).find()) {
      return null;
    }
    String who =
        SHELLS.contains(CommandWords.baseName(words.get(at)))
            ? "a shell script"
            : CommandWords.baseName(words.get(at));
    return nothing("", Map.of(), "the containers that " + who + " starts");
  }

  /// The user's engine is not root's.
  private static void disregard(Map<String, String> options) {
    ENGINE_VARIABLES.forEach(variable -> options.putIfAbsent(variable, ""));
    options.merge("DOCKER_CONTEXT", "default", (before, own) -> before.isEmpty() ? own : before);
  }

  /// Returns a command line into which nothing can be inserted, with a warning.
  ///
  /// @param what the containers that cannot be labelled
  static ContainerCommand nothing(String program, Map<String, String> options, String what) {
    return new ContainerCommand(
        Insertion.NONE,
        0,
        program,
        options,
        what
            + " cannot be labelled, so they may outlive this server: see docs/clients.md for the"
            + " forms of docker whose containers can");
  }

  /// Returns the environment in which the server's engine is found.
  public Map<String, String> environment(Map<String, String> inherited) {
    Map<String, String> environment = new HashMap<>(inherited);
    for (String variable : ENGINE_VARIABLES) {
      String value = options.get(variable);
      if (value != null) {
        environment.put(variable, value);
      }
    }
    environment.values().removeIf(String::isEmpty);
    return environment;
  }

  /// Returns whether the server creates a container in an engine whose absence is a problem. Docker
  /// always has a socket. The others work without one, and then their engine cannot be asked.
  public boolean needsEngine() {
    return insertion == Insertion.LABELS && program.startsWith("docker");
  }

  /// Returns whether a container may appear after the death of this command.
  public boolean mayBeLate() {
    return insertion == Insertion.LABELS;
  }
}
