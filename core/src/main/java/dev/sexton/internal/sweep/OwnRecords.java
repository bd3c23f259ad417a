package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.User;
import dev.sexton.internal.state.StateDirectory;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Determines whether records belong to the user of this process. Only such records may name the
/// engine that is asked: connecting uses the user's keys, and may run programs that the engine's
/// configuration names.
public final class OwnRecords {
  private final ProcessReader processes;

  /// Null if it is unknown. Then no record is provably this user's.
  private final @Nullable User self;

  /// Determines the user of this process, by its process table.
  public OwnRecords(ProcessReader processes) {
    this.processes = processes;
    this.self =
        processes.find(processes.self()) instanceof ProcessLookup.Present present
            ? processes.user(present.process())
            : null;
  }

  /// Returns whether each of these instances has a record of this process's user in one of the
  /// directories.
  public boolean areAll(Collection<? extends StateDirectory> directories, Set<String> instanceIds) {
    return instanceIds.stream()
        .map(StateDirectory::recordOf)
        .allMatch(name ->
            directories.stream().anyMatch(directory -> isOwn(directory.owner(name, processes))));
  }

  /// Returns whether a user is provably that of this process.
  boolean isOwn(@Nullable User user) {
    return self != null && user != null && user.sameAs(self);
  }
}
