package dev.sexton.cli;

import dev.sexton.Inventory;
import dev.sexton.StateScope;
import dev.sexton.internal.launch.BackgroundWatcher;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The state of the background watcher.
///
/// @param root the directory that it serves
/// @param running the watcher; null if none runs
/// @param servers how many live servers of `sexton run` need it
record WatcherState(Path root, BackgroundWatcher.@Nullable Running running, int servers) {
  /// Returns the current state for an inventory.
  static WatcherState of(StateScope scope, Inventory inventory) {
    return new WatcherState(
        BackgroundWatcher.root(scope),
        BackgroundWatcher.find(scope),
        BackgroundWatcher.servers(inventory));
  }

  /// Returns the line for `list`; null if there is nothing to say.
  @Nullable String line() {
    if (running == null) {
      return servers == 0 ? null : "no watcher runs: `sexton watch --background` starts one";
    }
    long pid = running.pid();
    return running.isStopped()
        ? "the watcher is stopped and does nothing: kill -CONT " + pid
        : "watched by process " + pid;
  }

  /// Returns the check for `doctor`.
  Check check() {
    if (running == null) {
      return servers == 0
          ? Check.ok("watcher", "none runs, and none is needed: sexton run starts it")
          : Check.warning(
              "watcher",
              "none runs for "
                  + root
                  + ", so leftovers stay until the next sweep, and the end of a client is not"
                  + " noticed",
              "sexton watch --background");
    }
    long pid = running.pid();
    return running.isStopped()
        ? Check.warning(
            "watcher", "process " + pid + " is stopped and does nothing", "kill -CONT " + pid)
        : Check.ok("watcher", "process " + pid + " watches " + root);
  }
}
