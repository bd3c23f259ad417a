package dev.sexton.cli;

import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.ApplicationName;
import dev.sexton.internal.Platform;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.sweep.Inventory;
import dev.sexton.internal.sweep.KeepSource;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The state directories of a command, from its options and its environment.
final class StateScope {
  private final Map<String, String> environment;
  private final List<String> applications;
  private final @Nullable Path named;
  private final List<String> keep;

  private StateScope(
      Map<String, String> environment,
      List<String> applications,
      @Nullable Path named,
      List<String> keep) {
    this.keep = keep;
    this.environment = environment;
    this.applications = applications;
    this.named = named;
  }

  /// Returns the scope of a command. Warns if a named directory does not exist, because its name
  /// may be mistyped.
  static StateScope of(Io io, Arguments arguments) throws CommandException {
    StateScope places = ofAny(io, arguments);
    if (!arguments.quiet() && (places.named() != null || has(io, "SEXTON_STATE_DIR"))) {
      for (FileStateDirectory directory : places.directories()) {
        if (Files.notExists(directory.path())) {
          Warnings.warn(
              io.notes(),
              directory.path()
                  + " does not exist: no server has registered there, or the name is"
                  + " wrong");
        }
      }
    }
    return places;
  }

  private static boolean has(Io io, String variable) {
    String value = io.environment().get(variable);
    return value != null && !value.isEmpty();
  }

  /// Returns the scope without a warning, for a watcher that may precede the first server.
  static StateScope ofAny(Io io, Arguments arguments) throws CommandException {
    StateScope places =
        new StateScope(
            io.environment(),
            applications(arguments),
            arguments.stateDirectory(),
            KeepOption.read(arguments));
    try {
      places.directories();
    } catch (InvalidPathException invalid) {
      throw unusable(invalid);
    }
    return places;
  }

  /// Returns the named applications.
  static List<String> applications(Arguments arguments) throws CommandException {
    List<String> applications = arguments.all("app");
    for (String application : applications) {
      try {
        ApplicationName.require(application);
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

  /// Returns the scope of one directory and one application.
  static StateScope at(Map<String, String> environment, String application, Path directory) {
    return new StateScope(environment, List.of(application), directory, List.of());
  }

  Map<String, String> environment() {
    return environment;
  }

  List<String> applications() {
    return applications;
  }

  /// Returns the explicitly named directory; null if there is none.
  @Nullable Path named() {
    return named;
  }

  /// Returns the programs that a sweep keeps.
  KeepSource keep() {
    return KeepSource.of(environment, keep);
  }

  /// Returns every state directory in scope, whether or not it exists.
  List<FileStateDirectory> directories() {
    StateDirectories known = new StateDirectories(environment);
    return named == null ? known.all(applications) : List.of(known.at(named, applications));
  }

  /// Returns every state directory of this user, regardless of the scope.
  List<FileStateDirectory> everyDirectory() {
    return new StateDirectories(environment).everyDirectory(directories());
  }

  /// Returns everything in these directories.
  Inventory inventory(ProcessTable processes) {
    List<FileStateDirectory> directories = directories();
    List<ResourceProvider> engines = Platform.providers(environment, directories, Set.of());
    try {
      return Inventory.take(
          Platform.ports(processes, engines),
          new SweepRequest(
                  directories,
                  named == null && !environment.containsKey("SEXTON_STATE_DIR"),
                  Set.of(),
                  false,
                  true,
                  SweepRequest.DEFAULT_GRACE,
                  SweepRequest.Progress.NONE)
              .beside(everyDirectory())
              .keeping(keep()));
    } finally {
      for (ResourceProvider engine : engines) {
        engine.close();
      }
    }
  }

  /// Fails if there are state directories and none of them can be used, because then no result is
  /// meaningful. A directory with another problem, such as an unwritable journal, can be used.
  ///
  /// @return whether all of them can be used
  boolean requireUsable(List<Problem> problems) throws CommandException {
    Problem first = null;
    boolean usable = false;
    for (Problem problem : problems) {
      if (problem.path().equals(Path.of("/proc"))) {
        throw CommandException.cannot("no process can be judged", problem.problem(), null);
      }
    }
    for (FileStateDirectory directory : directories()) {
      Problem problem =
          problems.stream()
              .filter(one -> one.path().equals(directory.path()))
              .findFirst()
              .orElse(null);
      if (problem != null && !isUsable(directory)) {
        first = first == null ? problem : first;
      } else {
        usable |= directory.exists();
      }
    }
    if (first != null && !usable) {
      throw CommandException.cannot("no state directory can be used", Warnings.text(first), null);
    }
    return first == null;
  }

  private static boolean isUsable(FileStateDirectory directory) {
    try {
      var _ = directory.list();
      return directory.untrustedReason() == null;
    } catch (IOException unreadable) {
      return false;
    }
  }
}
