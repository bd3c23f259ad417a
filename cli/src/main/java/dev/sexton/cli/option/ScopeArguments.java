package dev.sexton.cli.option;

import dev.sexton.StateScope;
import dev.sexton.SweepReport.Problem;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.cli.output.Warnings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Reads the state directories of a command from its options and its environment.
public final class ScopeArguments {
  private ScopeArguments() {}

  /// Returns the scope of a command. Warns if a named directory does not exist, because its name
  /// may be mistyped.
  public static StateScope of(Io io, Arguments arguments) throws CommandException {
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
  public static StateScope ofAny(Io io, Arguments arguments) throws CommandException {
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
  public static List<String> applications(Arguments arguments) throws CommandException {
    List<String> applications = arguments.all("app");
    for (String application : applications) {
      try {
        var _ = StateScope.of(Map.of()).withApplications(List.of(application));
      } catch (IllegalArgumentException invalid) {
        throw CommandException.usage(
            "--app " + TerminalText.cut(application, 40), String.valueOf(invalid.getMessage()));
      }
    }
    return applications;
  }

  /// Returns the error for an unusable path from the environment.
  public static CommandException unusable(InvalidPathException invalid) {
    String path =
        invalid.getInput().isEmpty() ? "" : TerminalText.cut(invalid.getInput(), 200) + ": ";
    return CommandException.cannot(
        "no usable state directory (" + path + invalid.getReason() + ")",
        "correct HOME, SEXTON_HOME or SEXTON_STATE_DIR",
        invalid);
  }

  /// Fails if the problems in a report make it meaningless.
  ///
  /// @return whether every state directory can be used
  public static boolean requireUsable(StateScope scope, List<Problem> problems)
      throws CommandException {
    Problem fatal = scope.fatal(problems);
    if (fatal == null) {
      return scope.isComplete(problems);
    }
    throw fatal.path().equals(Path.of("/proc"))
        ? CommandException.cannot("no process can be judged", fatal.problem(), null)
        : CommandException.cannot("no state directory can be used", fatal.text(), null);
  }
}
