package dev.sexton.internal.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * Whose the files are that root makes while it sweeps a user's directory: the user's. Otherwise the
 * user could neither lock nor read them afterwards, and a record would reach root's processes and
 * no longer the user's. Does nothing for anybody but root.
 */
public final class Ownership {
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  /** User and group, as numbers: a user of a container may have no name here. */
  private static final List<String> OWNERS = List.of("unix:uid", "unix:gid");

  private Ownership() {}

  /** Gives a file that was just made to the owner of its directory. */
  public static void asItsDirectory(Path file) throws IOException {
    Path directory = file.getParent();
    if (ROOT && directory != null) {
      give(file, directory.toRealPath());
    }
  }

  /** Gives a file that is to replace another to the owner of that one, if it is there. */
  static void asReplaced(Path replaced, Path file) throws IOException {
    if (ROOT && Files.exists(replaced, LinkOption.NOFOLLOW_LINKS)) {
      give(file, replaced);
    } else {
      asItsDirectory(file);
    }
  }

  private static void give(Path file, Path as) throws IOException {
    for (String owner : OWNERS) {
      Object wanted = get(as, owner);
      if (!wanted.equals(get(file, owner))) {
        Files.setAttribute(file, owner, wanted, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  private static Object get(Path file, String owner) throws IOException {
    try {
      return Files.getAttribute(file, owner, LinkOption.NOFOLLOW_LINKS);
    } catch (UnsupportedOperationException | IllegalArgumentException noSuchAttribute) {
      return ""; // This file system has no such numbers; then there are none to give.
    }
  }
}
