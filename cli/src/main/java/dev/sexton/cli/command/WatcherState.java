package dev.sexton.cli.command;

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
public record WatcherState(Path root, BackgroundWatcher.@Nullable Running running, int servers) {
  /// Returns the current state for an inventory.
  public static WatcherState of(StateScope scope, Inventory inventory) {
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
}
