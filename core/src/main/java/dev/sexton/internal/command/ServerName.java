package dev.sexton.internal.command;

import java.util.List;
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

  /// Options of those programs that take the next argument as their value.
  private static final Set<String> PREFIX_VALUES =
      Set.of("-u", "--unset", "-C", "--chdir", "-n", "-g");

  private ServerName() {}

  /// Returns a name that is not blank.
  ///
  /// @param command at least one word
  public static String of(List<String> command) {
    String name = find(command, 0);
    String own = CommandWords.baseName(command.getFirst());
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
    String program = CommandWords.baseName(words.getFirst());
    if (SHELLS.contains(program)) {
      return words.size() > 2 && words.get(1).startsWith("-") && words.get(1).endsWith("c");
    }
    if (Interpreters.contains(program) && words.size() > 1) {
      String script = CommandWords.baseName(words.get(1));
      int end = script.contains("-cli.") ? script.indexOf("-cli.") : script.indexOf('.');
      program = end < 0 ? script : script.substring(0, end);
    }
    return PackageRunners.contains(program);
  }

  private static @Nullable String find(List<String> command, int depth) {
    if (command.isEmpty() || depth > DEEPEST) {
      return null;
    }
    String program = CommandWords.baseName(command.getFirst());
    List<String> rest = command.subList(1, command.size());
    if (PREFIXES.contains(program)) {
      return find(
          CommandWords.withoutVariables(CommandWords.afterOptions(rest, PREFIX_VALUES)), depth + 1);
    }
    if (program.equals("timeout")) {
      List<String> timed =
          CommandWords.afterOptions(rest, Set.of("-k", "-s", "--kill-after", "--signal"));
      return timed.size() < 2 ? null : find(timed.subList(1, timed.size()), depth + 1);
    }
    if (SHELLS.contains(program)) {
      return ofShell(rest, depth);
    }
    ContainerCommand container = ContainerCommandFinder.find(command);
    if (container != null && container.insertion() != ContainerCommand.Insertion.NONE) {
      return ContainerImages.nameOf(command.subList(container.at(), command.size()));
    }
    List<String> run = PackageRunners.arguments(program, rest);
    if (run != null) {
      return ofPackage(run, depth);
    }
    if (Interpreters.contains(program)) {
      return Interpreters.nameOf(rest);
    }
    return program;
  }

  private static @Nullable String ofPackage(List<String> words, int depth) {
    if (words.isEmpty()) {
      return null;
    }
    String first = words.getFirst();
    if (first.equals("-m") || first.equals("--module")) { // uv run -m
      return words.size() > 1 ? words.get(1) : null;
    }
    if (Interpreters.contains(first) || SHELLS.contains(first)) {
      return find(words, depth + 1);
    }
    if (first.endsWith(".py") || first.endsWith(".js") || first.endsWith(".ts")) {
      return Interpreters.scriptName(first);
    }
    return PackageRunners.packageName(first);
  }

  private static @Nullable String ofShell(List<String> rest, int depth) {
    for (int i = 0; i < rest.size(); i++) {
      String word = rest.get(i);
      if (!word.startsWith("-")) {
        return Interpreters.scriptName(word);
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
      List<String> words = CommandWords.withoutVariables(CommandWords.split(part));
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
}
