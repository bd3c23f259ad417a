package dev.sexton.internal.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whose a record is that root writes anew in its own directory: its owner's, as before. Otherwise
 * it would reach root's processes and no longer its owner's. Does nothing for anybody but root, and
 * nothing in another user's directory, where root writes with that user's rights.
 */
final class Ownership {
  /** User and group, as numbers: a user of a container may have no name here. */
  private static final String UID = "uid";

  private static final String GID = "gid";
  private static final String VIEW = "unix:";

  private Ownership() {}

  /** Gives a file that is to replace another to the owner of that one, if it is there. */
  static void asReplaced(Path replaced, Path file) throws IOException {
    if (Accounts.self() != 0 || !Files.exists(replaced, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Map<String, Object> owner = owner(replaced);
    if (owner.equals(owner(file))) {
      return;
    }
    for (Map.Entry<String, Object> one : owner.entrySet()) {
      Files.setAttribute(file, VIEW + one.getKey(), one.getValue(), LinkOption.NOFOLLOW_LINKS);
    }
  }

  private static Map<String, Object> owner(Path file) throws IOException {
    try {
      return Files.readAttributes(file, VIEW + UID + "," + GID, LinkOption.NOFOLLOW_LINKS);
    } catch (UnsupportedOperationException | IllegalArgumentException noSuchAttributes) {
      return Map.of(); // This file system has no such numbers; then there are none to give.
    }
  }
}
