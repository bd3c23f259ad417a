package dev.sexton.internal.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How a server's command line uses containers, as [ContainerCommandFinder] has found. A container
/// that the command line creates gets the instance's labels, and a process that `docker exec`
/// starts gets the marker. Where that is impossible, there is a warning.
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
