package dev.sexton.internal.command;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the command line of `docker`, `podman`, `nerdctl` or `docker-compose`, starting at its
/// first argument. For a single use.
final class ContainerCommandReader {
  /// Options without a value before the subcommand, of all programs.
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

  /// Options with a value before the subcommand.
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

  /// The same for `compose`.
  private static final Set<String> COMPOSE_FLAGS =
      Set.of(
          "--all-resources",
          "--compatibility",
          "--dry-run",
          "--no-ansi",
          "--skip-hostname-check",
          "--tls",
          "--tlsverify",
          "--verbose");

  private static final Set<String> COMPOSE_VALUES =
      Set.of(
          "--ansi",
          "-c",
          "--context",
          "--env-file",
          "-f",
          "--file",
          "-H",
          "--host",
          "--log-level",
          "--parallel",
          "--profile",
          "--progress",
          "--project-directory",
          "-p",
          "--project-name",
          "--tlscacert",
          "--tlscert",
          "--tlskey");

  /// Subcommands that start containers but accept no labels for them.
  private static final Set<String> STARTING =
      Set.of("kube", "mcp", "play", "pod", "sandbox", "service", "stack");

  /// The same for compose.
  private static final Set<String> COMPOSE_STARTING =
      Set.of("create", "restart", "scale", "start", "up", "watch");

  private final List<String> words;
  private final String program;
  private final Map<String, String> options;
  private int at;

  ContainerCommandReader(List<String> words, String program, int at, Map<String, String> options) {
    this.words = words;
    this.program = program;
    this.at = at;
    this.options = options;
  }

  /// Returns what the command line does; null if it uses no containers, as far as this can be
  /// determined.
  @Nullable ContainerCommand read() {
    if (program.equals("docker-compose")) {
      return compose("docker-compose");
    }
    if (program.equals("podman-compose")) {
      return ContainerCommand.nothing(
          program, options, "the containers that podman-compose starts");
    }
    int first = at - 1;
    if (!skipOptions(FLAGS, VALUES)) {
      return UnreadCommand.of(words, first);
    }
    String command = next();
    boolean container = command.equals("container");
    if (container) {
      command = next();
    }
    return switch (command) {
      case "run", "create" -> labels("");
      case "exec" -> mark(program + " exec");
      case "start", "restart" -> old(program + " " + command);
      case "compose" -> container ? null : compose(program + " compose");
      default ->
          STARTING.contains(command) && !container
              ? ContainerCommand.nothing(
                  program, options, "the containers that " + program + " " + command + " starts")
              : null;
    };
  }

  private @Nullable ContainerCommand compose(String who) {
    if (!skipOptions(COMPOSE_FLAGS, COMPOSE_VALUES)) {
      return ContainerCommand.nothing(program, options, "the containers that " + who + " starts");
    }
    String command = next();
    if (command.equals("run")) {
      boolean alone = words.subList(at, words.size()).contains("--no-deps");
      return labels(
          alone
              ? ""
              : "the other services that "
                  + who
                  + " run starts cannot be labelled, so they may outlive this server: use"
                  + " --no-deps to start none");
    }
    if (command.equals("exec")) {
      return mark(who + " exec");
    }
    return COMPOSE_STARTING.contains(command)
        ? ContainerCommand.nothing(
            program, options, "the containers that " + who + " " + command + " starts")
        : null;
  }

  private ContainerCommand labels(String warning) {
    return new ContainerCommand(ContainerCommand.Insertion.LABELS, at, program, options, warning);
  }

  private ContainerCommand mark(String who) {
    return new ContainerCommand(
        ContainerCommand.Insertion.MARK,
        at,
        program,
        options,
        "what "
            + who
            + " starts inside the container may outlive this server: only a sweep by root on the"
            + " engine's own machine can end it");
  }

  private ContainerCommand old(String who) {
    return new ContainerCommand(
        ContainerCommand.Insertion.NONE,
        0,
        program,
        options,
        "the container that "
            + who
            + " starts does not belong to this server, and stays when this server ends");
  }

  private String next() {
    return at < words.size() ? words.get(at++) : "";
  }

  /// Reads options as these programs do: a value after a blank or an equals sign, and combined
  /// letters. Returns false if an option is unknown.
  private boolean skipOptions(Set<String> flags, Set<String> values) {
    while (at < words.size() && words.get(at).startsWith("-")) {
      String word = words.get(at++);
      int equals = word.indexOf('=');
      String option = equals < 0 ? word : word.substring(0, equals);
      if (values.contains(option)) {
        if (equals < 0 && at >= words.size()) {
          return false;
        }
        note(option, equals < 0 ? words.get(at++) : word.substring(equals + 1));
      } else if (!flags.contains(option) && !letters(word, flags, values)) {
        return false;
      }
    }
    return true;
  }

  /// Reads combined letters, such as `-DH tcp://h` and `-Htcp://h`.
  private boolean letters(String word, Set<String> flags, Set<String> values) {
    if (word.startsWith("--")) {
      return false;
    }
    for (int i = 1; i < word.length(); i++) {
      String letter = "-" + word.charAt(i);
      if (values.contains(letter)) {
        String value = word.substring(i + 1);
        if (value.isEmpty() && at >= words.size()) {
          return false;
        }
        note(letter, value.isEmpty() ? words.get(at++) : value.replaceFirst("^=", ""));
        return true;
      }
      if (!flags.contains(letter)) {
        return false;
      }
    }
    return word.length() > 1;
  }

  private void note(String option, String value) {
    switch (program + " " + option) {
      case "docker -H", "docker --host", "docker-compose -H", "docker-compose --host" ->
          options.put("DOCKER_HOST", value);
      case "docker -c", "docker --context", "docker-compose -c", "docker-compose --context" -> {
        options.put("DOCKER_CONTEXT", value);
        options.put("DOCKER_HOST", "");
      }
      case "docker --config" -> options.put("DOCKER_CONFIG", value);
      case "podman --url" -> options.put("CONTAINER_HOST", value);
      default -> {} // does not say where the engine is
    }
  }
}
