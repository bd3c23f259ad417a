package dev.sexton.internal.watch;

import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The state directories of a watcher, in which the kernel reports new records. For use by one
/// thread.
final class WatchedDirectories {
  private final WatcherSweeps sweeps;
  private final DeathWatch deaths;

  /// The state directories that the last scan found, by their `instances/`.
  private final Map<Path, StateDirectory> directories = new HashMap<>();

  WatchedDirectories(WatcherSweeps sweeps, DeathWatch deaths) {
    this.sweeps = sweeps;
    this.deaths = deaths;
  }

  /// Finds the state directories, watches them for new records, and returns the instances in them.
  Map<String, StateDirectory> scan() {
    sweeps.parents().forEach(this::watchNearest);
    Map<String, StateDirectory> present = new HashMap<>();
    directories.clear();
    for (StateDirectory directory : sweeps.directories()) {
      Path instances = directory.path().resolve("instances");
      directories.put(instances, directory);
      watchNearest(instances);
      list(directory).forEach(id -> present.put(id, directory));
    }
    return present;
  }

  /// Watches a directory. If it does not exist yet, watches the nearest existing part of its path,
  /// where it will appear.
  private void watchNearest(Path directory) {
    Path nearest = directory;
    while (nearest != null && !deaths.watch(nearest)) {
      nearest = nearest.getParent();
    }
  }

  private static Set<String> list(StateDirectory directory) {
    Set<String> ids = new LinkedHashSet<>();
    try {
      if (directory.exists()) {
        for (String name : directory.list()) {
          String id = StateDirectory.instanceOf(name);
          if (id != null) {
            ids.add(id);
          }
        }
      }
    } catch (IOException unreadable) {
      // The sweep of the interval reports it.
    }
    return ids;
  }

  /// Returns the state directory in whose `instances/` a file has appeared; null if it is in none,
  /// or in all of it.
  @Nullable StateDirectory of(DeathWatch.News.Appeared file) {
    return file.fileName().isEmpty() ? null : directories.get(file.directory());
  }

  /// Returns whether a new file that is in no `instances/` may hold records or leads to a place
  /// where some may be created. Then a scan is necessary.
  boolean matters(DeathWatch.News.Appeared file) {
    Path appeared = file.directory().resolve(file.fileName());
    return file.fileName().isEmpty()
        || sweeps.parents().stream()
            .anyMatch(parent -> parent.equals(file.directory()) || parent.startsWith(appeared))
        || directories.keySet().stream().anyMatch(instances -> instances.startsWith(appeared));
  }
}
