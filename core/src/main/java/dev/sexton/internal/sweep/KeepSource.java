package dev.sexton.internal.sweep;

import dev.sexton.StateScope;
import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.state.StateDirectories;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The source of one sweep's list of programs to keep: the default list, the user's file, and the
/// command line. The file is read when the list is first requested. Most sweeps never request it,
/// because nothing is dead. Safe for use by several threads.
public final class KeepSource {
  private final @Nullable Path file;
  private final List<String> patterns;
  private @Nullable KeepFile read;

  private KeepSource(@Nullable Path file, List<String> patterns) {
    this.file = file;
    this.patterns = patterns;
  }

  /// Returns a source that reads no file.
  public static KeepSource defaults() {
    return new KeepSource(null, List.of());
  }

  /// Returns the source for a scope.
  public static KeepSource of(StateScope scope) {
    return of(scope.environment(), scope.keep());
  }

  /// Returns the source for a user's sweep.
  ///
  /// @param environment locates the user's file
  /// @param patterns patterns added by the command line; already checked
  public static KeepSource of(Map<String, String> environment, List<String> patterns) {
    Path file;
    try {
      file = new StateDirectories(environment).sextonHome().resolve(KeepFile.NAME);
    } catch (InvalidPathException noHome) {
      file = null; // There is no user file in this case.
    }
    return new KeepSource(file, List.copyOf(patterns));
  }

  /// Returns the list.
  public KeepList list() {
    return file().list().with(patterns);
  }

  /// Returns the problems with the file; empty before the list is requested.
  public synchronized List<Problem> problems() {
    return read == null ? List.of() : read.problems();
  }

  private synchronized KeepFile file() {
    KeepFile known = read;
    if (known == null) {
      known = file == null ? new KeepFile(KeepList.defaults(), List.of()) : KeepFile.read(file);
      read = known;
    }
    return known;
  }
}
