package dev.sexton.internal.state;

import dev.sexton.internal.process.AccessLists;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Determines whether a place can be trusted, by the rule that ssh has for its own files. The place
/// and every directory above it must belong to the user or to root, and no other user may write
/// them. A sticky directory above it, such as /tmp, is sufficient, because no user can move another
/// user's files there.
///
/// Root may check another user's directory. The user who controls the path is then the first
/// non-root user on the way down from the root directory. Everything below must belong to that user
/// or to root.
final class StrictModes {
  /// A longer chain of links leads nowhere. This is the kernel's own limit.
  private static final int MOST_LINKS = 40;

  private static final int WRITABLE_BY_GROUP = 020;
  private static final int WRITABLE_BY_OTHERS = 02;
  private static final int STICKY = 01000;
  private static final int KIND = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int LINK = 0120000;
  private static final int REGULAR = 0100000;

  private static final int ROOT = 0;

  /// The result of checking a path.
  ///
  /// @param defect why nothing there must be trusted, with the remedy, or null if it may be
  /// @param controller the non-root user who controls part of the path, or 0 if there is none or it
  ///   is the user of this process
  /// @param complete whether the whole path existed
  record Finding(@Nullable String defect, long controller, boolean complete) {}

  private record Entry(int mode, long uid, long gid) {
    static Entry of(Path path) throws IOException {
      Map<String, Object> all =
          Files.readAttributes(path, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
      return new Entry(number(all, "mode"), number(all, "uid"), number(all, "gid"));
    }

    private static int number(Map<String, Object> all, String name) throws IOException {
      if (all.get(name) instanceof Integer number) {
        return number;
      }
      throw new IOException("no " + name);
    }

    boolean is(int kind) {
      return (mode & KIND) == kind;
    }
  }

  private final long self;
  private final long top;
  private long controller;

  private StrictModes(long self, long top) {
    this.self = self;
    this.top = top;
  }

  /// Checks a directory and one below it, on the default file system of a POSIX platform.
  static Finding look(Path directory, Path below) {
    Path root = directory.toAbsolutePath().getRoot();
    try {
      // The owner of the root directory that a container sees can replace everything in it.
      StrictModes modes = new StrictModes(Accounts.self(), Entry.of(root).uid());
      return modes.walk(directory.toAbsolutePath(), below);
    } catch (NoSuchFileException absent) {
      return new Finding(null, 0, false);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException unreadable) {
      return new Finding(null, 0, false); // Reported when it is listed.
    }
  }

  private Finding walk(Path directory, Path below) {
    String defect = null;
    boolean complete = false;
    try {
      defect = defectOnTheWayTo(directory);
      if (defect == null) {
        defect = defectOf(below);
      }
      complete = true;
    } catch (IOException absentOrUnreadable) {
      // The existing part is checked. Sexton creates the rest with its own modes. The owner of the
      // existing part can replace the rest, so root then works with that user's rights.
    }
    return new Finding(defect, controller, complete);
  }

  /// Returns the first defect of a directory and of all that lead to it, through links, or null.
  private @Nullable String defectOnTheWayTo(Path directory) throws IOException {
    Path at = directory.getRoot();
    Deque<Path> rest = new ArrayDeque<>();
    directory.forEach(rest::add);
    int links = 0;
    while (!rest.isEmpty()) {
      String name = rest.pop().toString();
      if (name.equals("..")) {
        Path parent = at.getParent();
        at = parent == null ? at : parent;
        continue;
      }
      Path next = name.isEmpty() || name.equals(".") ? at : at.resolve(name);
      Entry entry = Entry.of(next);
      String defect = ownerDefect(next, entry);
      if (defect == null && entry.is(DIRECTORY)) {
        defect = modeDefect(next, entry, !rest.isEmpty());
      }
      if (defect != null) {
        return defect;
      }
      if (!entry.is(LINK)) {
        at = next;
      } else if (++links > MOST_LINKS) {
        throw new FileSystemLoopException(next.toString()); // Reported when it is listed.
      } else {
        at = follow(next, at, rest);
      }
    }
    return null;
  }

  /// Puts the names in a link before those that remain. Returns the directory in which they begin.
  ///
  /// @param at the directory that contains the link
  private static Path follow(Path link, Path at, Deque<Path> rest) throws IOException {
    Path target = Files.readSymbolicLink(link);
    for (int i = target.getNameCount() - 1; i >= 0; i--) {
      rest.push(target.getName(i));
    }
    return target.isAbsolute() ? target.getRoot() : at;
  }

  private @Nullable String defectOf(Path below) throws IOException {
    Entry entry = Entry.of(below);
    String defect = ownerDefect(below, entry);
    if (defect != null) {
      return defect;
    }
    if (entry.is(LINK)) {
      return below
          + " is a symbolic link, so everything in it is ignored: put a directory in its"
          + " place";
    }
    return entry.is(DIRECTORY) ? modeDefect(below, entry, false) : null;
  }

  private @Nullable String ownerDefect(Path path, Entry entry) {
    if (entry.uid() == ROOT || entry.uid() == top || entry.uid() == self) {
      return null;
    }
    if (self == ROOT && (controller == 0 || controller == entry.uid())) {
      controller = entry.uid();
      return null;
    }
    if (self < 0 && isOurName(path)) {
      return null;
    }
    return path
        + " belongs to another user, "
        + Accounts.describe(entry.uid())
        + ", so everything in it is ignored: choose a directory of your own with SEXTON_HOME or"
        + " --state-dir";
  }

  /// Compares user names if the system does not report this process's user ID.
  private static boolean isOurName(Path path) {
    try {
      return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS)
          .getName()
          .equals(System.getProperty("user.name", ""));
    } catch (IOException gone) {
      return false;
    }
  }

  private static @Nullable String modeDefect(Path path, Entry entry, boolean mayBeSticky) {
    if (mayBeSticky && (entry.mode() & STICKY) != 0) {
      return null;
    }
    String who = writers(path, entry);
    return who == null
        ? null
        : path
            + " can be written by "
            + who
            + ", so everything in it is ignored: "
            + remedy(path, who);
  }

  private static String remedy(Path path, String who) {
    return switch (who) {
      case EVERYBODY -> "chmod o-w " + path;
      case ITS_GROUP -> "chmod g-w " + path;
      default -> "setfacl -b " + path;
    };
  }

  private static final String EVERYBODY = "everyone";
  private static final String ITS_GROUP = "its group";
  private static final String LISTED = "others through its access control list";

  /// Returns who else can write it, or null if no other user can.
  private static @Nullable String writers(Path path, Entry entry) {
    if ((entry.mode() & WRITABLE_BY_OTHERS) != 0) {
      return EVERYBODY;
    }
    if ((entry.mode() & WRITABLE_BY_GROUP) == 0) {
      return null;
    }
    if (!Accounts.isPrivate(path, entry.uid(), entry.gid())) {
      return ITS_GROUP;
    }
    // With a list, the group's permissions show the most that the list may grant.
    return switch (AccessLists.letOthersWrite(path)) {
      case GRANTED -> LISTED;
      case NONE -> null;
      case UNKNOWN -> ITS_GROUP;
    };
  }

  /// Returns whether another user can write a file that the user or root owns. True if that cannot
  /// be determined.
  static boolean othersCanWrite(Path file) {
    try {
      return writers(file, Entry.of(file)) != null;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
      return true;
    }
  }

  /// Returns why a file in a trusted directory must not be believed. Null if it may be, or does not
  /// exist.
  static @Nullable String fileDefect(Path file) {
    try {
      Path parent = file.toAbsolutePath().getParent();
      Entry entry = Entry.of(file);
      Entry directory = Entry.of(parent == null ? file : parent);
      if (!entry.is(REGULAR)) {
        return null; // Reported when it is opened.
      }
      if (entry.uid() != ROOT && entry.uid() != directory.uid() && entry.uid() != Accounts.self()) {
        return "it belongs to another user, " + Accounts.describe(entry.uid()) + ": move it away";
      }
      String who = writers(file, entry);
      return who == null ? null : "it can be written by " + who + ": " + remedy(file, who);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
      return null;
    }
  }
}
