package dev.sexton.simulation;

import dev.sexton.internal.state.StateDirectory.Boot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The state directory's files, with possible faults of a file system.
final class SimulatedFiles {
  static final Path DIRECTORY = Path.of("/state");
  private static final Path INSTANCES = DIRECTORY.resolve("instances");

  final Map<String, Inode> byName = new LinkedHashMap<>();
  final List<String> journal = new ArrayList<>();
  final List<Boot> boots = new ArrayList<>();
  private final Map<String, Path> lockFiles = new HashMap<>();
  private final World world;
  boolean readOnly;
  boolean full;
  boolean unreadable;
  boolean distrusted;
  boolean noLocks;
  private long temporaries;

  SimulatedFiles(World world) {
    this.world = world;
  }

  @Nullable Inode get(String name) {
    return byName.get(name);
  }

  static Path path(String name) {
    return INSTANCES.resolve(name);
  }

  /// Returns the same object each time, because creating a path is expensive.
  Path lockFile(String instanceId) {
    return lockFiles.computeIfAbsent(instanceId, id -> path(id + ".lock"));
  }

  String temporaryName(String name) {
    return name + "." + Long.toHexString(++temporaries) + ".tmp";
  }

  void checkWritable(String name) throws IOException {
    if (readOnly) {
      throw new IOException(name + ": Read-only file system");
    }
  }

  void checkSpace(String name) throws IOException {
    if (full) {
      throw new IOException(name + ": No space left on device");
    }
  }

  /// Ends all faults.
  void repair() {
    readOnly = false;
    full = false;
    unreadable = false;
    distrusted = false;
    noLocks = false;
    for (Inode file : byName.values()) {
      file.writableByOthers = false;
    }
    world.happened("file system is fine again", "", 0);
  }
}
