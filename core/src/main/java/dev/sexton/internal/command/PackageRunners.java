package dev.sexton.internal.command;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The programs that run a package, such as `npx` and `uvx`, and the names of packages.
final class PackageRunners {
  private static final Set<String> RUNNERS =
      Set.of("npm", "npx", "pnpm", "pnpx", "yarn", "bunx", "uv", "uvx", "pipx");

  /// Options of those programs that take the next argument as their value.
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

  private PackageRunners() {}

  /// Returns whether a program runs packages.
  static boolean contains(String program) {
    return RUNNERS.contains(program);
  }

  /// Returns the arguments of a package runner, the package first, or null if it is not one.
  static @Nullable List<String> arguments(String program, List<String> rest) {
    List<String> words = CommandWords.afterOptions(rest, RUNNER_VALUES);
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
        ? CommandWords.afterOptions(words.subList(1, words.size()), RUNNER_VALUES)
        : null;
  }

  /// Returns the name in `@scope/name@1.2`, `name[extra]==1.2` or
  /// `git+https://host/user/name.git@main`.
  static String packageName(String text) {
    if (text.contains("://") || text.startsWith("github:") || text.startsWith("git@")) {
      String path = text.replaceFirst("[#?].*", "").replaceFirst("\\.git(@.*)?$", "");
      return CommandWords.baseName(path).replaceFirst("@.*", "");
    }
    if (text.startsWith("/") || text.startsWith(".")) {
      return CommandWords.baseName(text);
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
}
