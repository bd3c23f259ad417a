package dev.sexton.internal.command;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The programs that run a script, and the names of scripts.
final class Interpreters {
  /// Options of interpreters that take the next argument as their value.
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

  /// Names of files and directories that every project has.
  private static final Set<String> COMMON_FILES =
      Set.of("index", "main", "server", "cli", "app", "start", "__main__", "run", "mcp", "stdio");

  private static final Set<String> COMMON_DIRECTORIES =
      Set.of("dist", "build", "lib", "src", "bin", "out", "target", "cli", ".", "..", "");

  private Interpreters() {}

  /// Returns whether a program is an interpreter. Uses no regular expression, because a server
  /// waits for this.
  static boolean contains(String program) {
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

  /// Returns the name for the arguments of an interpreter; null if they name no script.
  static @Nullable String nameOf(List<String> rest) {
    List<String> words = rest;
    if (!words.isEmpty() && words.getFirst().equals("run")) { // deno run, bun run
      words = words.subList(1, words.size());
    }
    words = CommandWords.afterOptions(words, SCRIPT_VALUES);
    if (words.isEmpty()) {
      return null;
    }
    return switch (words.getFirst()) {
      case "-m", "--module", "-jar" -> words.size() < 2 ? null : scriptName(words.get(1));
      case "-c", "-e", "--eval", "-" -> null;
      default -> scriptName(words.getFirst());
    };
  }

  /// Returns the name of a file, or of its package or project if every project has a file of that
  /// name.
  static String scriptName(String path) {
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
}
