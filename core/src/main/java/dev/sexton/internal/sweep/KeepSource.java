package dev.sexton.internal.sweep;

import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.state.StateDirectories;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where one sweep takes its list of programs to keep from: the default list, the user's file, the
/// command line. Reads the file once the list is asked for, which most sweeps never do because
/// nothing is dead. Safe for use by several threads.
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

  /// Returns the source of a user's sweep.
  ///
  /// @param environment tells where the user's file is
  /// @param patterns what the command line adds; checked before
  public static KeepSource of(Map<String, String> environment, List<String> patterns) {
    Path file;
    try {
      file = new StateDirectories(environment).sextonHome().resolve(KeepFile.NAME);
    } catch (InvalidPathException noHome) {
      file = null; // Then there is no file of the user's.
    }
    return new KeepSource(file, List.copyOf(patterns));
  }

  /// Returns the list.
  public KeepList list() {
    return file().list().with(patterns);
  }

  /// Returns what is wrong with the file; empty before the list was asked for.
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
