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
      String name = name(words.get(at));
      if (PROGRAMS.contains(name)) {
        return new Reader(words, name, at + 1, options).read();
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
  private static @Nullable ContainerCommand unread(List<String> words, int at) {
    String text = String.join(" ", words.subList(at, words.size()));
    if (!IN_TEXT.matcher(text).find()) {
      return null;
    }
    String who = SHELLS.contains(name(words.get(at))) ? "a shell script" : name(words.get(at));
    return nothing("", Map.of(), "the containers that " + who + " starts");
  }

  /// The user's engine is not root's.
  private static void disregard(Map<String, String> options) {
    ENGINE_VARIABLES.forEach(variable -> options.putIfAbsent(variable, ""));
    options.merge("DOCKER_CONTEXT", "default", (before, own) -> before.isEmpty() ? own : before);
  }

  private static ContainerCommand nothing(
      String program, Map<String, String> options, String what) {
    return new ContainerCommand(
        Insertion.NONE,
        0,
        program,
        options,
        what
            + " cannot be labelled, so they may outlive this server: see docs/clients.md for the"
            + " forms of docker whose containers can");
  }

  private static String name(String word) {
    return word.substring(word.lastIndexOf('/') + 1);
  }

  /// Reads the command line of one program, starting at its first argument.
  private static final class Reader {
    private final List<String> words;
    private final String program;
    private final Map<String, String> options;
    private int at;

    Reader(List<String> words, String program, int at, Map<String, String> options) {
      this.words = words;
      this.program = program;
      this.at = at;
      this.options = options;
    }

    @Nullable ContainerCommand read() {
      if (program.equals("docker-compose")) {
        return compose("docker-compose");
      }
      if (program.equals("podman-compose")) {
        return nothing(program, options, "the containers that podman-compose starts");
      }
      int first = at - 1;
      if (!skipOptions(FLAGS, VALUES)) {
        return unread(words, first);
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
                ? nothing(
                    program, options, "the containers that " + program + " " + command + " starts")
                : null;
      };
    }

    private @Nullable ContainerCommand compose(String who) {
      if (!skipOptions(COMPOSE_FLAGS, COMPOSE_VALUES)) {
        return nothing(program, options, "the containers that " + who + " starts");
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
          ? nothing(program, options, "the containers that " + who + " " + command + " starts")
          : null;
    }

    private ContainerCommand labels(String warning) {
      return new ContainerCommand(Insertion.LABELS, at, program, options, warning);
    }

    private ContainerCommand mark(String who) {
      return new ContainerCommand(
          Insertion.MARK,
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
          Insertion.NONE,
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
