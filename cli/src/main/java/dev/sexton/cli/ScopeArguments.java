package dev.sexton.cli;

import dev.sexton.StateScope;
import dev.sexton.SweepReport.Problem;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the state directories of a command from its options and its environment.
final class ScopeArguments {
  private ScopeArguments() {}

  /// Returns the scope of a command. Warns if a named directory does not exist, because its name
  /// may be mistyped.
  static StateScope of(Io io, Arguments arguments) throws CommandException {
    StateScope scope = ofAny(io, arguments);
    if (!arguments.quiet() && (scope.stateDirectory() != null || has(io, "SEXTON_STATE_DIR"))) {
      for (Path directory : scope.directories()) {
        if (Files.notExists(directory)) {
          Warnings.warn(
              io.notes(),
              directory + " does not exist: no server has registered there, or the name is wrong");
        }
      }
    }
    return scope;
  }

  private static boolean has(Io io, String variable) {
    String value = io.environment().get(variable);
    return value != null && !value.isEmpty();
  }

  /// Returns the scope without a warning, for a watcher that may precede the first server.
  static StateScope ofAny(Io io, Arguments arguments) throws CommandException {
    StateScope scope =
        StateScope.of(io.environment())
            .withApplications(applications(arguments))
            .withStateDirectory(arguments.stateDirectory())
            .withKeep(KeepOption.read(arguments));
    try {
      var _ = scope.directories();
    } catch (InvalidPathException invalid) {
      throw unusable(invalid);
    }
    return scope;
  }

  /// Returns the named applications.
  static List<String> applications(Arguments arguments) throws CommandException {
    List<String> applications = arguments.all("app");
    for (String application : applications) {
      try {
        var _ = StateScope.ofThisUser().withApplications(List.of(application));
      } catch (IllegalArgumentException invalid) {
        throw CommandException.usage(
            "--app " + TerminalText.cut(application, 40), String.valueOf(invalid.getMessage()));
      }
    }
    return applications;
  }

  /// Returns the error for an unusable path from the environment.
  static CommandException unusable(InvalidPathException invalid) {
    String path =
        invalid.getInput().isEmpty() ? "" : TerminalText.cut(invalid.getInput(), 200) + ": ";
    return CommandException.cannot(
        "there is no state directory (" + path + invalid.getReason() + ")",
        "correct HOME, SEXTON_HOME or SEXTON_STATE_DIR",
        invalid);
  }

  /// Fails if there are state directories and none of them can be used, because then no result is
  /// meaningful. A directory with another problem, such as an unwritable journal, can be used.
  ///
  /// @return whether all of them can be used
  static boolean requireUsable(StateScope scope, List<Problem> problems) throws CommandException {
    Problem first = null;
    boolean usable = false;
    for (Problem problem : problems) {
      if (problem.path().equals(Path.of("/proc"))) {
        throw CommandException.cannot("no process can be judged", problem.problem(), null);
      }
    }
    for (Path directory : scope.directories()) {
      Problem problem = find(problems, directory);
      if (problem != null && !scope.isUsable(directory)) {
        first = first == null ? problem : first;
      } else {
        usable |= Files.isDirectory(directory.resolve("instances"));
      }
    }
    if (first != null && !usable) {
      throw CommandException.cannot("no state directory can be used", Warnings.text(first), null);
    }
    return first == null;
  }

  private static @Nullable Problem find(List<Problem> problems, Path directory) {
    for (Problem problem : problems) {
      if (problem.path().equals(directory)) {
        return problem;
      }
    }
    return null;
  }
}
