package dev.sexton.internal.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Whose the files are that root makes while it sweeps a user's directory: the user's. Otherwise the
 * user could neither lock nor read them afterwards. Does nothing for anybody but root.
 */
public final class Ownership {
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
  private static final String UID = "unix:uid";

  private Ownership() {}

  /** Gives a file that was just made to the owner of its directory. */
  public static void asItsDirectory(Path file) throws IOException {
    Path directory = file.getParent();
    if (ROOT && directory != null && uid(directory) instanceof Integer uid) {
      give(file, uid);
    }
  }

  /** Gives a file that is to replace another to the owner of that one, if it is there. */
  static void asReplaced(Path replaced, Path file) throws IOException {
    if (!ROOT) {
      return;
    }
    if (!Files.exists(replaced, LinkOption.NOFOLLOW_LINKS)) {
      asItsDirectory(file);
    } else if (uid(replaced) instanceof Integer uid) {
      give(file, uid);
    }
  }

  private static void give(Path file, int owner) throws IOException {
    if (uid(file) instanceof Integer uid && uid != owner) {
      Files.setAttribute(file, UID, owner, LinkOption.NOFOLLOW_LINKS);
    }
  }

  private static Object uid(Path file) throws IOException {
    try {
      return Files.getAttribute(file, UID, LinkOption.NOFOLLOW_LINKS);
    } catch (UnsupportedOperationException | IllegalArgumentException noSuchAttribute) {
      return ""; // Then there are no numbers to give away.
    }
  }
}
