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
  private OwnRecords() {}

  /// Returns whether each of these instances has a record of this process's user in one of the
  /// directories.
  public static boolean areAll(
      ProcessReader processes,
      Collection<? extends StateDirectory> directories,
      Set<String> instanceIds) {
    return instanceIds.stream()
        .map(StateDirectory::recordOf)
        .allMatch(name ->
            directories.stream()
                .anyMatch(directory -> isOwn(processes, owner(processes, directory, name))));
  }

  private static @Nullable User owner(
      ProcessReader processes, StateDirectory directory, String name) {
    return processes.tellsUserNames() ? directory.ownerByName(name) : directory.owner(name);
  }

  /// Returns whether a user is provably that of this process.
  static boolean isOwn(ProcessReader processes, @Nullable User user) {
    User self =
        processes.find(processes.self()) instanceof ProcessLookup.Present present
            ? processes.user(present.process())
            : null;
    return self != null && user != null && user.sameAs(self);
  }
}
