package dev.sexton.internal.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/// Preserves the owner of a record that root rewrites in its own directory. Otherwise the record
/// would apply to root's processes and no longer to its owner's. Does nothing for any other user,
/// or in another user's directory, where root writes with that user's rights.
final class Ownership {
  /// Numeric user and group, because a user of a container may have no name here.
  private static final String UID = "uid";

  private static final String GID = "gid";
  private static final String VIEW = "unix:";

  private Ownership() {}

  /// Gives a replacement file to the owner of the file that it will replace, if that exists.
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
      return Map.of(); // This file system has no such IDs, so there are none to set.
    }
  }
}
