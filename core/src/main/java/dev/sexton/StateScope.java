package dev.sexton;

import dev.sexton.internal.ApplicationName;
import dev.sexton.internal.KeepPattern;
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

  /// Copies the collections.
  ///
  /// @throws IllegalArgumentException if the name of an application or a pattern is invalid
  public StateScope {
    environment = Map.copyOf(environment);
    applications = applications.stream().map(ApplicationName::require).toList();
    keep = keep.stream().map(KeepPattern::require).toList();
  }

  /// Returns the scope of everything that belongs to this user, by the environment of this process.
  public static StateScope ofThisUser() {
    return of(System.getenv());
  }

  /// Returns the scope of everything that an environment leads to.
  public static StateScope of(Map<String, String> environment) {
    return new StateScope(environment, List.of(), null, List.of());
  }

  /// Returns a copy that is restricted to these applications; to none if the list is empty.
  public StateScope withApplications(List<String> names) {
    return new StateScope(environment, names, stateDirectory, keep);
  }

  /// Returns a copy that is restricted to this directory, or not restricted if it is null.
  public StateScope withStateDirectory(@Nullable Path directory) {
    return new StateScope(environment, applications, directory, keep);
  }

  /// Returns a copy with these patterns of programs to keep.
  public StateScope withKeep(List<String> patterns) {
    return new StateScope(environment, applications, stateDirectory, patterns);
  }

  /// Returns the state directories, whether or not they exist.
  ///
  /// @throws InvalidPathException if no directory is named and none can be derived from the
  ///   environment, for example without a home directory
  public List<Path> directories() {
    return StateDirectories.in(this).stream().map(FileStateDirectory::path).toList();
  }

  /// Returns whether a state directory of this scope can be listed and is trusted: it belongs to
  /// this user or to root, and no other user can write it. False if it does not exist.
  public boolean isUsable(Path directory) {
    FileStateDirectory state = new StateDirectories(environment).at(directory, applications);
    try {
      var _ = state.list();
      return state.exists() && state.untrustedReason() == null;
    } catch (IOException unreadable) {
      return false;
    }
  }
}
