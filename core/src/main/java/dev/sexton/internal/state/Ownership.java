package dev.sexton.internal.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whose the files are that root makes while it sweeps a user's directory: the user's. Otherwise the
 * user could neither lock nor read them afterwards, and a record would reach root's processes and
 * no longer the user's. Does nothing for anybody but root.
 */
public final class Ownership {
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  /** User and group, as numbers: a user of a container may have no name here. */
  private static final String UID = "uid";

  private static final String GID = "gid";
  private static final String VIEW = "unix:";

  /** What a file that root has just made belongs to. */
  private static final Map<String, Object> ROOTS = Map.of(UID, 0, GID, 0);

  /** Directories that were seen to be root's own, where there is nothing to give away. */
  private static final Set<Path> ROOTS_OWN = ConcurrentHashMap.newKeySet();

  private Ownership() {}

  /** Gives a file that was just made to the owner of its directory. */
  public static void asItsDirectory(Path file) throws IOException {
    Path directory = file.getParent();
    if (!ROOT || directory == null || ROOTS_OWN.contains(directory)) {
      return;
    }
    Map<String, Object> owner = owner(directory);
    if (owner.equals(ROOTS)) {
      ROOTS_OWN.add(directory);
    } else {
      give(file, owner);
    }
  }

  /** Gives a file that is to replace another to the owner of that one, if it is there. */
  static void asReplaced(Path replaced, Path file) throws IOException {
    if (!ROOT) {
      return;
    }
    if (!Files.exists(replaced, LinkOption.NOFOLLOW_LINKS)) {
      asItsDirectory(file);
      return;
    }
    Map<String, Object> owner = owner(replaced, LinkOption.NOFOLLOW_LINKS);
    if (!owner.equals(ROOTS)) {
      give(file, owner);
    }
  }

  private static void give(Path file, Map<String, Object> owner) throws IOException {
    if (owner.equals(owner(file, LinkOption.NOFOLLOW_LINKS))) {
      return;
    }
    for (Map.Entry<String, Object> one : owner.entrySet()) {
      Files.setAttribute(file, VIEW + one.getKey(), one.getValue(), LinkOption.NOFOLLOW_LINKS);
    }
  }

  private static Map<String, Object> owner(Path file, LinkOption... options) throws IOException {
    try {
      return Files.readAttributes(file, VIEW + UID + "," + GID, options);
    } catch (UnsupportedOperationException | IllegalArgumentException noSuchAttributes) {
      return Map.of(); // This file system has no such numbers; then there are none to give.
    }
  }
}
