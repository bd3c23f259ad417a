package dev.sexton.internal.state;

import dev.sexton.internal.process.ProcFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Users and groups by numeric ID, because a user of a container may have no name here.
public final class Accounts {
  private static final Path PASSWD = Path.of("/etc/passwd");
  private static final Path GROUP = Path.of("/etc/group");

  private static final class Self {
    static final long UID = effectiveUser();
  }

  private Accounts() {}

  /// Returns the user ID with which this process accesses files, or −1 if the system does not
  /// report it.
  public static long self() {
    return Self.UID;
  }

  private static long effectiveUser() {
    long uid = ProcFiles.ownEffectiveUid();
    return uid < 0 && "root".equals(System.getProperty("user.name")) ? 0 : uid;
  }

  /// Describes a user in a message: the ID, and the name if there is one.
  static String describe(long uid) {
    String name = field(PASSWD, uid, 0);
    return name == null ? "user " + uid : "user " + uid + " (" + name + ")";
  }

  /// Returns a user's primary group, or the group with the user's own ID if none is listed.
  static long primaryGroup(long uid) {
    String gid = field(PASSWD, uid, 3);
    try {
      return gid == null ? uid : Long.parseLong(gid);
    } catch (NumberFormatException malformed) {
      return uid;
    }
  }

  /// Returns whether only this user and root are members of the group. Most distributions create
  /// such a group for each user and let it write the files that the user creates.
  static boolean isPrivate(Path file, long uid, long gid) {
    String user = field(PASSWD, uid, 0);
    String group = field(GROUP, gid, 0);
    if (gid != 0 && gid != uid && !haveOneName(file)) {
      return false;
    }
    String members = group == null ? "" : field(GROUP, gid, 3);
    for (String member : (members == null ? "" : members).split(",", -1)) {
      if (!member.isBlank() && !member.equals(user) && !member.equals("root")) {
        return false;
      }
    }
    return gid == 0 || noOtherHasIt(gid, uid);
  }

  private static boolean haveOneName(Path file) {
    try {
      PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
      return attributes.owner().getName().equals(attributes.group().getName());
    } catch (IOException gone) {
      return false;
    }
  }

  private static boolean noOtherHasIt(long gid, long uid) {
    for (String line : lines(PASSWD)) {
      String[] fields = line.split(":", -1);
      if (fields.length > 3
          && fields[3].equals(Long.toString(gid))
          && !fields[2].equals(Long.toString(uid))) {
        return false;
      }
    }
    return true;
  }

  /// Returns one field of the line in /etc/passwd or /etc/group whose third field is this ID.
  private static @Nullable String field(Path file, long number, int index) {
    String wanted = Long.toString(number);
    for (String line : lines(file)) {
      String[] fields = line.split(":", -1);
      if (fields.length > Math.max(2, index) && fields[2].equals(wanted)) {
        return fields[index];
      }
    }
    return null;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException none) {
      return List.of();
    }
  }
}
