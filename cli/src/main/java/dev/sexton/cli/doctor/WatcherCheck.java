package dev.sexton.cli.doctor;

import dev.sexton.cli.command.WatcherState;

/// The check of the background watcher.
final class WatcherCheck {
  private WatcherCheck() {}

  static Check of(WatcherState watcher) {
    if (watcher.running() == null) {
      return watcher.servers() == 0
          ? Check.ok("watcher", "none runs, and none is needed: sexton run starts it")
          : Check.warning(
              "watcher",
              "none runs for "
                  + watcher.root()
                  + ", so leftovers stay until the next sweep, and the end of a client is not"
                  + " noticed",
              "sexton watch --background");
    }
    long pid = watcher.running().pid();
    return watcher.running().isStopped()
        ? Check.warning(
            "watcher", "process " + pid + " is stopped and does nothing", "kill -CONT " + pid)
        : Check.ok("watcher", "process " + pid + " watches " + watcher.root());
  }
}
