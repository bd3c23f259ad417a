package dev.sexton.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A command line that makes a container: {@code docker}, {@code podman} or {@code nerdctl} with
 * {@code run} or {@code create}.
 *
 * @param labelsAt before which argument labels go
 * @param program docker, podman or nerdctl
 * @param options what its options before {@code run} say of the engine, as variables of its
 *     environment; an empty value for one that it disregards
 */
record ContainerCommand(int labelsAt, String program, Map<String, String> options) {
  private static final Set<String> PROGRAMS = Set.of("docker", "podman", "nerdctl");

  /** Options before the subcommand that take no value, of all three. */
  private static final Set<String> FLAGS =
      Set.of(
          "-D",
          "--debug",
          "--debug-full",
          "--experimental",
          "--insecure-registry",
          "--noout",
          "-r",
          "--remote",
          "--syslog",
          "--tls",
          "--tlsverify",
          "--transient-store");

  /** Those that take one. */
  private static final Set<String> VALUES =
      Set.of(
          "-a",
          "--address",
          "--bridge-ip",
          "-c",
          "--cgroup-manager",
          "--cni-netconfpath",
          "--cni-path",
          "--config",
          "--conmon",
          "--connection",
          "--context",
          "--data-root",
          "--events-backend",
          "-H",
          "--hooks-dir",
          "--host",
          "--hosts-dir",
          "--identity",
          "--imagestore",
          "-l",
          "--log-level",
          "--module",
          "-n",
          "--namespace",
          "--network-cmd-path",
          "--network-config-dir",
          "--out",
          "--root",
          "--runroot",
          "--runtime",
          "--runtime-flag",
          "--snapshotter",
          "--ssh",
          "--storage-driver",
          "--storage-opt",
          "--tlscacert",
          "--tlscert",
          "--tlskey",
          "--tmpdir",
          "--url",
          "--volumepath");

  /**
   * Reads a command line.
   *
   * @return null if it makes no container, or nobody knows whether it does
   */
  static @Nullable ContainerCommand of(List<String> command) {
    String first = command.getFirst();
    String program = first.substring(first.lastIndexOf('/') + 1);
    if (!PROGRAMS.contains(program)) {
      return null;
    }
    Map<String, String> options = new HashMap<>();
    int at = 1;
    while (at < command.size() && command.get(at).startsWith("-")) {
      String option = command.get(at++);
      int equals = option.indexOf('=');
      if (equals > 0 && VALUES.contains(option.substring(0, equals))) {
        note(program, option.substring(0, equals), option.substring(equals + 1), options);
      } else if (VALUES.contains(option) && at < command.size()) {
        note(program, option, command.get(at++), options);
      } else if (option.length() > 2 && VALUES.contains(option.substring(0, 2))) {
        note(program, option.substring(0, 2), option.substring(2), options); // -Htcp://…
      } else if (!FLAGS.contains(equals > 0 ? option.substring(0, equals) : option)) {
        return null;
      }
    }
    if (at < command.size() && command.get(at).equals("container")) {
      at++;
    }
    return at < command.size() && Set.of("run", "create").contains(command.get(at))
        ? new ContainerCommand(at + 1, program, options)
        : null;
  }

  private static void note(
      String program, String option, String value, Map<String, String> options) {
    switch (program + " " + option) {
      case "docker -H", "docker --host" -> options.put("DOCKER_HOST", value);
      case "docker -c", "docker --context" -> {
        options.put("DOCKER_CONTEXT", value);
        options.put("DOCKER_HOST", "");
      }
      case "docker --config" -> options.put("DOCKER_CONFIG", value);
      case "podman --url" -> options.put("CONTAINER_HOST", value);
      default -> {} // says nothing of where the engine is
    }
  }

  /** The environment in which its engine is found. */
  Map<String, String> environment(Map<String, String> inherited) {
    Map<String, String> environment = new HashMap<>(inherited);
    environment.putAll(options);
    environment.values().removeIf(String::isEmpty);
    return environment;
  }

  /**
   * Whether the engine is missed if none is found. Docker always has a socket; the others work
   * without one, and then nobody can ask them.
   */
  @Nullable Boolean needsEngine() {
    return program.equals("docker") ? Boolean.TRUE : null;
  }
}
