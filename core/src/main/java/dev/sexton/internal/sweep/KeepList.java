package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProgramInfo;
import dev.sexton.internal.record.KeepPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The programs that a sweep keeps although a dead instance started them, because they belong to a
/// user or are shared. Examples are browsers, terminal multiplexers, and agents that hold keys.
/// `docs/keep.md` describes the list and its patterns.
///
/// Immutable and pure. A list only spares processes. No process is stopped because of its name.
public final class KeepList {
  private static final KeepList DEFAULTS =
      new KeepList(KeepDefaults.TABLE, KeepDefaults.AUTOMATION, KeepDefaults.HELPER, List.of());

  /// Programs that run a script. People take the script's name for the program's name.
  private static final List<String> INTERPRETERS =
      List.of(
          "sh", "bash", "dash", "zsh", "ksh", "fish", "ash", "busybox", "env", "python*", "pypy*",
          "node", "nodejs", "deno", "bun", "perl*", "ruby*", "php*", "java", "dotnet", "mono",
          "lua*", "tclsh*", "wish*", "guile*", "rscript", "julia");

  /// Options of interpreters whose value may be a separate argument that is not a script.
  private static final List<String> OPTIONS_WITH_VALUE =
      List.of(
          "-cp",
          "-classpath",
          "--class-path",
          "-p",
          "--module-path",
          "--upgrade-module-path",
          "--add-modules",
          "--add-opens",
          "--add-exports",
          "--add-reads",
          "-W",
          "-X",
          "-r",
          "--require",
          "--import",
          "--loader",
          "-C",
          "--conditions",
          "-I",
          "-o",
          "-O");

  /// Options of interpreters that are followed by program text instead of a script.
  private static final List<String> PROGRAM_TEXT = List.of("-c", "-e", "-E", "--eval", "--print");

  private final List<KeepRow> rows;
  private final List<String> automation;
  private final List<String> helper;
  private final List<String> patterns;

  /// Creates a list. Tests leave out rows or options to prove that their absence is noticed.
  KeepList(
      List<KeepRow> rows, List<String> automation, List<String> helper, List<String> patterns) {
    this.rows = rows;
    this.automation = automation;
    this.helper = helper;
    this.patterns = patterns;
  }

  /// Returns the default list.
  public static KeepList defaults() {
    return DEFAULTS;
  }

  /// Returns this list with more patterns after its own. The last pattern that matches a program
  /// decides. A plain pattern keeps the program. One that starts with `!` does not.
  ///
  /// @throws IllegalArgumentException if one is not a valid pattern
  public KeepList with(List<String> later) {
    if (later.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(patterns);
    for (String pattern : later) {
      all.add(KeepPattern.require(pattern));
    }
    return new KeepList(rows, automation, helper, List.copyOf(all));
  }

  /// Returns this list with the patterns of an instance's record before its own. The patterns of
  /// the person who sweeps outrank those of the record.
  ///
  /// @throws IllegalArgumentException if one is not a valid pattern
  public KeepList forInstance(List<String> recorded) {
    return recorded.isEmpty()
        ? this
        : new KeepList(rows, automation, helper, List.of()).with(recorded).with(patterns);
  }

  /// Returns the patterns in addition to the default list, strongest last.
  public List<String> patterns() {
    return patterns;
  }

  /// Returns why a program is kept.
  ///
  /// @return the reason, for a person; null if the program is not on the list
  public @Nullable String reason(ProgramInfo program) {
    for (int i = patterns.size() - 1; i >= 0; i--) {
      String pattern = patterns.get(i);
      boolean takesAway = pattern.charAt(0) == '!';
      if (matchesUser(takesAway ? pattern.substring(1) : pattern, program)) {
        return takesAway ? null : "on the list of programs to keep (" + pattern + ")";
      }
    }
    return defaultReason(program);
  }

  private @Nullable String defaultReason(ProgramInfo program) {
    String name = name(program);
    if (name.isEmpty()) {
      return null;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    List<String> arguments = arguments(program);
    for (KeepRow row : rows) {
      if (matchesAny(row.names(), lower) && holds(row, program, arguments)) {
        return row.kind() + " (" + name + ")";
      }
    }
    return null;
  }

  private boolean holds(KeepRow row, ProgramInfo program, List<String> arguments) {
    return switch (row.condition()) {
      case NAME -> true;
      case NOT_AUTOMATED -> !hasOption(helper, arguments) && !hasOption(automation, arguments);
      case NOT_CLIENT_TITLE -> !program.title().endsWith(": client");
      case UPPER_CASE -> arguments.isEmpty() || baseName(arguments.getFirst()).startsWith("SCREEN");
      case WITH_ARGUMENT -> arguments.isEmpty() || hasArgument(row, arguments);
      case SEEN_ARGUMENT -> hasArgument(row, arguments);
      case WITHOUT_ARGUMENT -> !hasArgument(row, arguments);
      case SANDBOX -> runsKept(arguments);
    };
  }

  private static boolean hasArgument(KeepRow row, List<String> arguments) {
    if (arguments.size() == 1 && row.arguments().contains("")) {
      return true;
    }
    for (String argument : arguments) {
      if (matchesAny(row.arguments(), argument)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasOption(List<String> options, List<String> arguments) {
    for (int i = 1; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith("-")
          && matchesAny(options, argument.substring(argument.startsWith("--") ? 2 : 1))) {
        return true;
      }
    }
    return false;
  }

  /// Returns whether a sandbox runs a listed program. Flatpak runs `bwrap --args FD -- firefox`.
  private boolean runsKept(List<String> arguments) {
    int at = arguments.indexOf("--") + 1;
    if (at == 0) {
      at = 1;
      while (at < arguments.size() && arguments.get(at).startsWith("-")) {
        at += arguments.get(at).equals("--args") ? 2 : 1;
      }
    }
    if (at >= arguments.size()) {
      return false;
    }
    List<String> inner = arguments.subList(at, arguments.size());
    return defaultReason(new ProgramInfo(inner.getFirst(), inner, "")) != null;
  }

  /// Returns the command line without empty arguments at its end. A program that overwrites it with
  /// a title shows a single argument that contains all of them. Chromium's helpers do this.
  private static List<String> arguments(ProgramInfo program) {
    List<String> arguments = program.arguments();
    int size = arguments.size();
    while (size > 0 && arguments.get(size - 1).isEmpty()) {
      size--;
    }
    if (size != 1 || !arguments.getFirst().contains(" -")) {
      return arguments.subList(0, size);
    }
    List<String> parts = new ArrayList<>();
    String title = arguments.getFirst();
    int from = 0;
    for (int at = title.indexOf(' '); at >= 0; at = title.indexOf(' ', from)) {
      parts.add(title.substring(from, at));
      from = at + 1;
    }
    parts.add(title.substring(from));
    return parts;
  }

  /// Returns the name of the executable. If it cannot be read, as with agents that hold keys,
  /// returns the name that the program gives itself.
  private static String name(ProgramInfo program) {
    String path = program.path();
    if (path.isEmpty() && !program.arguments().isEmpty()) {
      path = program.arguments().getFirst();
      if (path.startsWith("-")) {
        path = path.substring(1); // A login shell.
      }
    }
    return plainName(path.isEmpty() ? program.title() : path);
  }

  /// Returns the base name without additions by systems: `.exe`, and `.NAME-wrapped` of Nix.
  private static String plainName(String path) {
    String name = baseName(path);
    if (name.length() > 4 && name.regionMatches(true, name.length() - 4, ".exe", 0, 4)) {
      name = name.substring(name.lastIndexOf('\\') + 1, name.length() - 4);
    }
    if (name.startsWith(".") && name.endsWith("-wrapped") && name.length() > 9) {
      name = name.substring(1, name.length() - 8);
    }
    return name;
  }

  private static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static boolean matchesUser(String pattern, ProgramInfo program) {
    List<String> arguments = program.arguments();
    return matchesPath(pattern, program.path())
        || (!arguments.isEmpty() && matchesPath(pattern, arguments.getFirst()))
        || (isInterpreter(program) && matchesScript(pattern, arguments));
  }

  private static boolean isInterpreter(ProgramInfo program) {
    return matchesAny(INTERPRETERS, name(program).toLowerCase(Locale.ROOT));
  }

  /// Returns whether a pattern matches the script that an interpreter runs. The argument after an
  /// option that may have a value counts too. Whether it has one depends on the interpreter.
  private static boolean matchesScript(String pattern, List<String> arguments) {
    boolean value = false;
    for (int i = 1; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (PROGRAM_TEXT.contains(argument)) {
        return false;
      }
      if (argument.startsWith("-")) {
        value = OPTIONS_WITH_VALUE.contains(argument);
      } else if (matchesPath(pattern, argument)) {
        return true;
      } else if (!value) {
        return false;
      } else {
        value = false;
      }
    }
    return false;
  }

  private static boolean matchesPath(String pattern, String path) {
    return !path.isEmpty()
        && (pattern.indexOf('/') >= 0
            ? KeepPattern.matches(pattern, path)
            : KeepPattern.matches(pattern, baseName(path))
                || KeepPattern.matches(pattern, plainName(path)));
  }

  private static boolean matchesAny(List<String> patterns, String text) {
    for (String pattern : patterns) {
      if (KeepPattern.matches(pattern, text)) {
        return true;
      }
    }
    return false;
  }
}
