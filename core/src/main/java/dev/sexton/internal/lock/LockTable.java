package dev.sexton.internal.lock;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;

/// The kernel's list of locks, `/proc/locks`. It only serves to tell a user which process holds a
/// lock.
final class LockTable {
  private static final Path LOCKS = Path.of("/proc/locks");

  /// The fields of a line: number, `POSIX`, `ADVISORY`, `WRITE`, PID, `major:minor:inode`, first
  /// byte, last byte.
  private static final int FIELDS = 8;

  private LockTable() {}

  /// Returns the PID of the process that holds a record lock on a byte of a file. 0 if that cannot
  /// be determined.
  static long holder(Path file, long position) {
    try {
      Object device = Files.getAttribute(file, "unix:dev", LinkOption.NOFOLLOW_LINKS);
      Object inode = Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
      if (device instanceof Long dev && inode instanceof Long ino) {
        return holder(Files.readString(LOCKS, US_ASCII), key(dev, ino), position);
      }
    } catch (IOException | RuntimeException unknown) {
      return 0;
    }
    return 0;
  }

  /// Like [#holder(Path, long)], but takes the text of the list.
  static long holder(String locks, String key, long position) {
    for (String line : locks.lines().toList()) {
      String[] fields = line.strip().split(" +", -1);
      if (fields.length == FIELDS
          && fields[1].equals("POSIX")
          && fields[5].equals(key)
          && Long.parseLong(fields[6]) <= position
          && (fields[7].equals("EOF") || position <= Long.parseLong(fields[7]))) {
        return Math.max(0, Long.parseLong(fields[4]));
      }
    }
    return 0;
  }

  /// Returns a file's name in the list. A device number has 12 bits of its major number and 8 of
  /// its minor number at the bottom, and the rest of both above.
  static String key(long device, long inode) {
    long major = (device >> 8 & 0xfff) | (device >> 32 & ~0xfffL);
    long minor = (device & 0xff) | (device >> 12 & ~0xffL);
    return twoDigits(major) + ":" + twoDigits(minor) + ":" + inode;
  }

  private static String twoDigits(long number) {
    return number < 0x100 ? HexFormat.of().toHexDigits(number, 2) : Long.toHexString(number);
  }
}
