package dev.sexton;

import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.record.ApplicationName;
import dev.sexton.internal.record.KeepPattern;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Selects the state directories that an operation covers, and the programs that it keeps.
/// Immutable.
///
/// @param environment the environment variables that locate directories, container engines and the
///   user's `keep.conf`
/// @param applications the only applications to cover; all of this user if empty
/// @param stateDirectory the only directory to cover, which contains `instances/`; null for every
///   directory that the environment leads to
/// @param keep patterns of programs to keep, in addition to the default list and `keep.conf` (see
///   [Sweeper.Builder#keep])
public record StateScope(
    Map<String, String> environment,
    List<String> applications,
    @Nullable Path stateDirectory,
    List<String> keep) {
  /// The path in a problem with the process table.
  private static final Path PROC = Path.of("/proc");

  /// Copies the collections.
  ///
  /// @throws IllegalArgumentException if the name of an application or a pattern is invalid
  public StateScope {
    environment = Map.copyOf(environment);
    applications = applications.stream().map(ApplicationName::require).toList();
    keep = keep.stream().map(KeepPattern::require).toList();
  }

  /// {@return the scope of everything that belongs to this user, by the environment of this
  /// process}
  public static StateScope ofThisUser() {
    return of(System.getenv());
  }

  /// {@return the scope of everything that an environment leads to}
  ///
  /// @param environment the variables that locate directories, engines and `keep.conf`
  public static StateScope of(Map<String, String> environment) {
    return new StateScope(environment, List.of(), null, List.of());
  }

  /// {@return the absolute path that a text names}
  ///
  /// @param text an absolute path, or one relative to the working directory
  /// @throws InvalidPathException if the text is not a path, or has bytes that are not valid UTF-8
  public static Path path(String text) {
    return StateDirectories.absolute(text).normalize();
  }

  /// {@return a copy with these environment variables}
  ///
  /// @param variables all variables of the copy, instead of those of this scope
  public StateScope withEnvironment(Map<String, String> variables) {
    return new StateScope(variables, applications, stateDirectory, keep);
  }

  /// {@return a copy that is restricted to these applications; not restricted if the list is empty}
  ///
  /// @param names the only applications to cover
  public StateScope withApplications(List<String> names) {
    return new StateScope(environment, names, stateDirectory, keep);
  }

  /// {@return a copy that is restricted to this directory, or not restricted if it is null}
  ///
  /// @param directory the directory that contains `instances/`; null for every directory that the
  ///   environment leads to
  public StateScope withStateDirectory(@Nullable Path directory) {
    return new StateScope(environment, applications, directory, keep);
  }

  /// {@return a copy with these patterns of programs to keep}
  ///
  /// @param patterns all patterns of the copy (see [Sweeper.Builder#keep])
  public StateScope withKeep(List<String> patterns) {
    return new StateScope(environment, applications, stateDirectory, patterns);
  }

  /// {@return the state directories, whether or not they exist}
  ///
  /// @throws InvalidPathException if no directory is named and none can be derived from the
  ///   environment, for example without a home directory
  public List<Path> directories() {
    return StateDirectories.in(this).stream().map(FileStateDirectory::path).toList();
  }

  /// {@return the directory in which a server of this application registers}
  ///
  /// @param application the name of the application
  /// @throws InvalidPathException if no directory can be derived from the environment
  public Path directoryOf(String application) {
    Path named = stateDirectory;
    return named != null ? named : new StateDirectories(environment).of(application).path();
  }

  /// Creates a state directory unless it exists, with access for this user only.
  ///
  /// @param directory the directory that is to contain `instances/`
  /// @throws IOException if it cannot be created, or if other users can write it
  public void create(Path directory) throws IOException {
    new StateDirectories(environment).at(directory, applications).create();
  }

  /// {@return whether every state directory can be used, according to the problems in a report}
  ///
  /// @param problems the problems of a report about this scope
  public boolean isComplete(List<Problem> problems) {
    return StateDirectories.in(this).stream()
        .noneMatch(directory -> find(problems, directory.path()) != null && !isUsable(directory));
  }

  /// {@return the problem in a report that makes the report meaningless: no process can be judged,
  /// or there are state directories and none of them can be used} Null if there is no such problem.
  ///
  /// @param problems the problems of a report about this scope
  public @Nullable Problem fatal(List<Problem> problems) {
    Problem noProcesses = find(problems, PROC);
    if (noProcesses != null) {
      return noProcesses;
    }
    Problem first = null;
    for (FileStateDirectory directory : StateDirectories.in(this)) {
      Problem problem = find(problems, directory.path());
      if (problem != null && !isUsable(directory)) {
        first = first == null ? problem : first;
      } else if (directory.exists()) {
        return null;
      }
    }
    return first;
  }

  /// Returns whether a directory can be listed and is trusted. A directory with another problem,
  /// such as an unwritable journal, can be used.
  private static boolean isUsable(FileStateDirectory directory) {
    try {
      var _ = directory.list();
      return directory.untrustedReason() == null;
    } catch (IOException unreadable) {
      return false;
    }
  }

  private static @Nullable Problem find(List<Problem> problems, Path path) {
    for (Problem problem : problems) {
      if (problem.path().equals(path)) {
        return problem;
      }
    }
    return null;
  }
}
