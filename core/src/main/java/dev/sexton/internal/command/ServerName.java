package dev.sexton.internal.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Derives the name of a server from its command line: from what `npx`, `uvx`, `docker run`, an
/// interpreter or a shell is asked to run. A list of servers that are all called `npx` would be
/// useless. The name is only for people and is never used as evidence.
public final class ServerName {
  private static final int LONGEST = 80;

  /// The maximum number of nested programs, as in `env … sh -c "npx …"`.
  private static final int DEEPEST = 8;

  private static final Set<String> SHELLS =
      Set.of("sh", "bash", "dash", "zsh", "ksh", "ash", "fish");

  /// Programs that run the rest of their arguments.
  private static final Set<String> PREFIXES =
      Set.of(
          "env", "nohup", "setsid", "exec", "command", "nice", "ionice", "stdbuf", "sudo", "doas");

  /// Options of those programs, and of the runners below, that take the next argument as their
  /// value.
  private static final Set<String> PREFIX_VALUES =
      Set.of("-u", "--unset", "-C", "--chdir", "-n", "-g");

  private static final Set<String> RUNNERS =
      Set.of("npm", "npx", "pnpm", "pnpx", "yarn", "bunx", "uv", "uvx", "pipx");

  private static final Set<String> RUNNER_VALUES =
      Set.of(
          "-p",
          "--package",
          "-c",
          "--call",
          "--from",
          "--with",
          "--python",
          "--directory",
          "--project",
          "--index",
          "--index-url",
          "--default-index",
          "--extra-index-url",
          "--extra",
          "--group",
          "--env-file",
          "--with-editable",
          "--with-requirements",
          "--spec",
          "--pip-args",
          "--registry",
          "--prefix",
          "--cache",
          "-w",
          "--workspace",
          "-C",
          "--dir",
          "--filter",
          "--cwd",
          "--cache-dir",
          "--config-file",
          "--refresh-package",
          "--userconfig");

  private static final Set<String> SCRIPT_VALUES =
      Set.of(
          "-W",
          "-X",
          "-r",
          "--require",
          "--import",
          "--loader",
          "--experimental-loader",
          "-C",
          "--conditions",
          "--env-file",
          "-cp",
          "-classpath",
          "--class-path",
          "--module-path",
          "--add-modules",
          "--add-opens",
          "--add-exports",
          "-I",
          "--config",
          "--import-map",
          "--tsconfig");

  private static final Set<String> INTERPRETERS =
      Set.of(
          "node", "nodejs", "deno", "bun", "tsx", "ts-node", "java", "ruby", "perl", "php",
          "dotnet", "pythonw", "pypy", "pypy3");

  /// Options of `docker run` that take no value. All others take one.
  private static final Set<String> CONTAINER_FLAGS =
      Set.of(
          "--detach",
          "--interactive",
          "--tty",
          "--rm",
          "--init",
          "--privileged",
          "--publish-all",
          "--read-only",
          "--no-healthcheck",
          "--oom-kill-disable",
          "--sig-proxy",
          "--quiet",
          "--disable-content-trust",
          "--replace",
          "--rmi",
          "--no-hosts",
          "--env-host");

  private static final String CONTAINER_FLAG_LETTERS = "ditPq";

  /// Names of files and directories that every project has.
  private static final Set<String> COMMON_FILES =
      Set.of("index", "main", "server", "cli", "app", "start", "__main__", "run", "mcp", "stdio");

  private static final Set<String> COMMON_DIRECTORIES =
      Set.of("dist", "build", "lib", "src", "bin", "out", "target", "cli", ".", "..", "");

  private ServerName() {}

  /// Returns a name that is not blank.
  ///
  /// @param command at least one word
  public static String of(List<String> command) {
    String name = find(command, 0);
    String own = baseName(command.getFirst());
    String chosen = name == null || name.isBlank() ? own : name;
    String shown = chosen.isBlank() ? "server" : chosen;
    return shown.length() <= LONGEST ? shown : shown.substring(0, LONGEST - 1) + "…";
  }

  /// Returns whether a process only runs another program for the process that started it: a package
  /// runner, or a shell with `-c`. Such a process often outlives the one that started it.
  ///
  /// @param line the command line; if the process has overwritten it with a title, as npm does, it
  ///   is one word with blanks, followed by empty words
  public static boolean isRunner(List<String> line) {
    if (line.isEmpty()) {
      return false;
    }
    boolean isTitle = line.subList(1, line.size()).stream().allMatch(String::isEmpty);
    List<String> words = isTitle ? List.of(line.getFirst().split(" ", -1)) : line;
    String program = baseName(words.getFirst());
    if (SHELLS.contains(program)) {
      return words.size() > 2 && words.get(1).startsWith("-") && words.get(1).endsWith("c");
    }
    if (isInterpreter(program) && words.size() > 1) {
      String script = baseName(words.get(1));
      int end = script.contains("-cli.") ? script.indexOf("-cli.") : script.indexOf('.');
      program = end < 0 ? script : script.substring(0, end);
    }
    return RUNNERS.contains(program);
  }

  private static @Nullable String find(List<String> command, int depth) {
    if (command.isEmpty() || depth > DEEPEST) {
      return null;
    }
    String program = baseName(command.getFirst());
    List<String> rest = command.subList(1, command.size());
    if (PREFIXES.contains(program)) {
      return find(withoutVariables(afterOptions(rest, PREFIX_VALUES)), depth + 1);
    }
    if (program.equals("timeout")) {
      List<String> timed = afterOptions(rest, Set.of("-k", "-s", "--kill-after", "--signal"));
      return timed.size() < 2 ? null : find(timed.subList(1, timed.size()), depth + 1);
    }
    if (SHELLS.contains(program)) {
      return ofShell(rest, depth);
    }
    ContainerCommand container = ContainerCommand.of(command);
    if (container != null && container.insertion() != ContainerCommand.Insertion.NONE) {
      return image(command.subList(container.at(), command.size()));
    }
    List<String> run = ofRunner(program, rest);
    if (run != null) {
      return ofPackage(run, depth);
    }
    if (isInterpreter(program)) {
      return ofInterpreter(rest);
    }
    return program;
  }

  /// Uses no regular expression, because a server waits for this.
  private static boolean isInterpreter(String program) {
    if (!program.startsWith("python")) {
      return INTERPRETERS.contains(program);
    }
    for (int i = "python".length(); i < program.length(); i++) {
      char c = program.charAt(i);
      if (c != '.' && (c < '0' || c > '9')) {
        return INTERPRETERS.contains(program);
      }
    }
    return true;
  }

  /// Returns the arguments of a package runner, the package first, or null if it is not one.
  private static @Nullable List<String> ofRunner(String program, List<String> rest) {
    List<String> words = afterOptions(rest, RUNNER_VALUES);
    return switch (program) {
      case "npx", "bunx", "pnpx", "uvx" -> words;
      case "npm", "pnpm", "yarn", "bun" -> after(words, Set.of("exec", "x", "dlx"));
      case "pipx" -> after(words, Set.of("run"));
      case "uv" -> {
        List<String> tool = after(words, Set.of("tool"));
        yield after(tool == null ? words : tool, Set.of("run"));
      }
      default -> null;
    };
  }

  private static @Nullable List<String> after(List<String> words, Set<String> subcommands) {
    return !words.isEmpty() && subcommands.contains(words.getFirst())
        ? afterOptions(words.subList(1, words.size()), RUNNER_VALUES)
        : null;
  }

  private static @Nullable String ofPackage(List<String> words, int depth) {
    if (words.isEmpty()) {
      return null;
    }
    String first = words.getFirst();
    if (first.equals("-m") || first.equals("--module")) { // uv run -m
      return words.size() > 1 ? words.get(1) : null;
    }
    if (isInterpreter(first) || SHELLS.contains(first)) {
      return find(words, depth + 1);
    }
    if (first.endsWith(".py") || first.endsWith(".js") || first.endsWith(".ts")) {
      return script(first);
    }
    return packageName(first);
  }

  /// Returns the name in `@scope/name@1.2`, `name[extra]==1.2` or
  /// `git+https://host/user/name.git@main`.
  private static String packageName(String text) {
    if (text.contains("://") || text.startsWith("github:") || text.startsWith("git@")) {
      String path = text.replaceFirst("[#?].*", "").replaceFirst("\\.git(@.*)?$", "");
      return baseName(path).replaceFirst("@.*", "");
    }
    if (text.startsWith("/") || text.startsWith(".")) {
      return baseName(text);
    }
    int end = text.length();
    for (int i = 1; i < text.length(); i++) { // An @ at the start is a scope's.
      if ("@[=<>!~;".indexOf(text.charAt(i)) >= 0) {
        end = i;
        break;
      }
    }
    return text.substring(0, end);
  }

  private static @Nullable String ofInterpreter(List<String> rest) {
    List<String> words = rest;
    if (!words.isEmpty() && words.getFirst().equals("run")) { // deno run, bun run
      words = words.subList(1, words.size());
    }
    words = afterOptions(words, SCRIPT_VALUES);
    if (words.isEmpty()) {
      return null;
    }
    return switch (words.getFirst()) {
      case "-m", "--module", "-jar" -> words.size() < 2 ? null : script(words.get(1));
      case "-c", "-e", "--eval", "-" -> null;
      default -> script(words.getFirst());
    };
  }

  /// Returns the name of a file, or of its package or project if every project has a file of that
  /// name.
  private static String script(String path) {
    String[] parts = path.split("/", -1);
    int modules = path.lastIndexOf("node_modules/");
    if (modules >= 0) {
      String[] inside = path.substring(modules + "node_modules/".length()).split("/", -1);
      return inside.length > 1 && inside[0].startsWith("@")
          ? inside[0] + "/" + inside[1]
          : inside[0];
    }
    String file = parts[parts.length - 1];
    int dot = file.lastIndexOf('.');
    String stem = (dot > 0 ? file.substring(0, dot) : file).toLowerCase(Locale.ROOT);
    if (COMMON_FILES.contains(stem)) {
      for (int i = parts.length - 2; i >= 0; i--) {
        if (!COMMON_DIRECTORIES.contains(parts[i])) {
          return parts[i];
        }
      }
    }
    return file;
  }

  /// Returns what `docker run` runs: the image without its registry, tag and digest.
  private static @Nullable String image(List<String> words) {
    int at = 0;
    while (at < words.size() && words.get(at).startsWith("-")) {
      String option = words.get(at++);
      boolean flag =
          CONTAINER_FLAGS.contains(option)
              || (!option.startsWith("--")
                  && option.chars().skip(1).allMatch(c -> CONTAINER_FLAG_LETTERS.indexOf(c) >= 0));
      boolean whole = option.startsWith("--") ? option.contains("=") : option.length() > 2;
      if (!flag && !whole) {
        at++;
      }
    }
    if (at >= words.size()) {
      return null;
    }
    String image = words.get(at).replaceFirst("@sha256:.*", "");
    int slash = image.indexOf('/');
    String host = slash < 0 ? "" : image.substring(0, slash);
    if (host.contains(".") || host.contains(":") || host.equals("localhost")) {
      image = image.substring(slash + 1);
    }
    int tag = image.indexOf(':');
    return tag < 0 ? image : image.substring(0, tag);
  }

  private static @Nullable String ofShell(List<String> rest, int depth) {
    for (int i = 0; i < rest.size(); i++) {
      String word = rest.get(i);
      if (!word.startsWith("-")) {
        return script(word);
      }
      if (!word.startsWith("--") && word.endsWith("c")) {
        return i + 1 < rest.size() ? ofScript(rest.get(i + 1), depth) : null;
      }
    }
    return null;
  }

  /// Returns the name for the first command of a script that does more than prepare another one.
  private static @Nullable String ofScript(String script, int depth) {
    for (String part : script.split("&&|\\|\\||[;|\\n]", -1)) {
      List<String> words = withoutVariables(words(part));
      if (!words.isEmpty()
          && !Set.of(
                  "cd", "export", "source", ".", "set", "unset", "trap", "ulimit", "umask", "true",
                  ":", "#")
              .contains(words.getFirst())) {
        return find(words, depth + 1);
      }
    }
    return null;
  }

  /// Splits a text into words like a shell, without expansions.
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    char quote = 0;
    boolean begun = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
        begun = true;
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else if (quote == 0 && Character.isWhitespace(c)) {
        if (begun) {
          words.add(word.toString());
        }
        word.setLength(0);
        begun = false;
      } else {
        word.append(c);
        begun = true;
      }
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }

  private static List<String> withoutVariables(List<String> words) {
    int at = 0;
    while (at < words.size() && words.get(at).matches("[A-Za-z_][A-Za-z0-9_]*=(?s:.*)")) {
      at++;
    }
    return words.subList(at, words.size());
  }

  /// Returns the words after the options. An option that itself says what to run ends the options.
  private static List<String> afterOptions(List<String> words, Set<String> withValue) {
    int at = 0;
    while (at < words.size() && words.get(at).startsWith("-")) {
      String option = words.get(at);
      if (option.equals("--")) {
        return words.subList(at + 1, words.size());
      }
      if (Set.of("-m", "--module", "-jar", "-e", "--eval", "-").contains(option)
          || (option.equals("-c") && !withValue.contains(option))) {
        break;
      }
      at += withValue.contains(option) ? 2 : 1;
    }
    return words.subList(Math.min(at, words.size()), words.size());
  }

  private static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
