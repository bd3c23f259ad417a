package dev.sexton.internal.lock;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The lock files that this JVM has open, across class loaders. Closing any descriptor of a file
 * drops every lock the process has on it (fcntl(2)), so no file may be open here twice.
 *
 * <p>The one place that all class loaders share and that holds any object is the map of the system
 * properties; only types of the JDK go in.
 */
final class HeldByThisJvm {
  private static final String KEY = "dev.sexton.locks";

  /** Kept here too: a program may put other properties in the place of the system's. */
  private static final Map<String, String> FILES = shared(new ConcurrentHashMap<>());

  /** Why this JVM has a lock file open. */
  enum Use {
    OWNING,
    SWEEPING,
    ASKING
  }

  private HeldByThisJvm() {}

  /** Reserves a file. Returns null if that worked, or else what it is open for already. */
  static @Nullable Use reserve(String fileKey, Use use) {
    String other = files().putIfAbsent(fileKey, use.name());
    return other == null ? null : Use.valueOf(other);
  }

  static void release(String fileKey) {
    files().remove(fileKey);
  }

  private static Map<String, String> files() {
    if (!System.getProperties().containsKey(KEY)) { // To change them, threads wait for each other.
      shared(FILES);
    }
    return FILES;
  }

  @SuppressWarnings("unchecked") // Nobody else writes under this key.
  private static Map<String, String> shared(Map<String, String> unlessPresent) {
    return (Map<String, String>) System.getProperties().computeIfAbsent(KEY, key -> unlessPresent);
  }
}
