package dev.sexton.internal.state;

import dev.sexton.internal.process.User;
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
      give(file, new User(uid, ""));
    }
  }

  static void give(Path file, User owner) throws IOException {
    if (ROOT && uid(file) instanceof Integer uid && owner.uid() >= 0 && uid != owner.uid()) {
      Files.setAttribute(file, UID, (int) owner.uid(), LinkOption.NOFOLLOW_LINKS);
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
