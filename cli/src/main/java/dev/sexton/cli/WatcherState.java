package dev.sexton.cli;

import dev.sexton.InstanceInfo;
import dev.sexton.Inventory;
import dev.sexton.Liveness;
import dev.sexton.StateScope;
import dev.sexton.internal.Platform;
import dev.sexton.internal.watch.WatcherSeat;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The state of the background watcher.
///
/// @param root the directory that it serves
/// @param holder the watcher; null if none runs
/// @param servers how many live servers of `sexton run` need it
record WatcherState(Path root, WatcherSeat.@Nullable Holder holder, int servers) {
  /// Returns the current state for an inventory.
  static WatcherState of(StateScope scope, Inventory inventory) {
    Path root = WatcherSeat.root(scope.environment(), scope.stateDirectory());
    int servers = 0;
    for (InstanceInfo instance : inventory.instances()) {
      servers += instance.owner().isRun() && instance.liveness() == Liveness.ALIVE ? 1 : 0;
    }
    return new WatcherState(root, WatcherSeat.find(root, Platform.processes(false)), servers);
  }

  /// Returns the line for `list`; null if there is nothing to say.
  @Nullable String line() {
    if (holder == null) {
      return servers == 0 ? null : "no watcher runs: `sexton watch --background` starts one";
    }
    long pid = holder.process().pid();
    return holder.isStopped()
        ? "the watcher is stopped and does nothing: kill -CONT " + pid
        : "watched by process " + pid;
  }

  /// Returns the check for `doctor`.
  Check check() {
    if (holder == null) {
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
    long pid = holder.process().pid();
    return holder.isStopped()
        ? Check.warning(
            "watcher", "process " + pid + " is stopped and does nothing", "kill -CONT " + pid)
        : Check.ok("watcher", "process " + pid + " watches " + root);
  }
}
