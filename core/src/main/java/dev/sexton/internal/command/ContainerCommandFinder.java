package dev.sexton.internal.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds `docker`, `podman` or `nerdctl` in a server's command line, perhaps after `env` or a
/// similar program.
public final class ContainerCommandFinder {
  private static final Set<String> PROGRAMS =
      Set.of("docker", "podman", "nerdctl", "docker-compose", "podman-compose");

  private ContainerCommandFinder() {}

  /// Reads a command line.
  ///
  /// @return null if it does not use containers, as far as this can be determined
  public static @Nullable ContainerCommand find(List<String> words) {
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
        return UnreadCommand.of(words, at);
      }
      if (name.equals("sudo") || name.equals("doas")) {
        disregard(options);
      }
      at = inner;
    }
  }

  /// The user's engine is not root's.
  private static void disregard(Map<String, String> options) {
    ContainerCommand.ENGINE_VARIABLES.forEach(variable -> options.putIfAbsent(variable, ""));
    options.merge("DOCKER_CONTEXT", "default", (before, own) -> before.isEmpty() ? own : before);
  }
}
