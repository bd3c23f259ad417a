package dev.sexton.internal.process;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads the files of `/proc`. See proc(5). Each read is one system call if the content fits.
public final class ProcFiles {
  private ProcFiles() {}

  /// Returns the table entry of one process, or null if there is no such process.
  ///
  /// @throws IOException if the process exists but must not be read
  static @Nullable ProcessInfo stat(long pid) throws IOException {
    // Cheaper than an exception. A dead instance's process is usually absent.
    return new File("/proc/" + pid + "/stat").exists() ? statOfListed(pid) : null;
  }

  /// Like [#stat], for a process that was listed a moment ago.
  static @Nullable ProcessInfo statOfListed(long pid) throws IOException {
    byte[] buffer = new byte[512];
    int length;
    File file = new File("/proc/" + pid + "/stat");
    try (FileInputStream in = new FileInputStream(file)) {
      length = in.read(buffer);
    } catch (FileNotFoundException absentOrDenied) {
      if (file.exists()) {
        throw absentOrDenied;
      }
      return null;
    } catch (IOException endedMeanwhile) {
      return null; // ESRCH: it ended between open and read.
    }
    return length <= 0 ? null : StatLine.parse(buffer, length);
  }

  /// Returns whether a process was started with an empty environment: it ends where it begins. The
  /// kernel sets both places during an exec, and after them the end of the program's code. Only for
  /// a process whose environment may be read.
  static boolean hasEmptyEnvironment(long pid) {
    String stat = text("/proc/" + pid + "/stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    int first = 3; // The first of these is field 3 in proc(5).
    return fields.length > 51 - first
        && !fields[27 - first].equals("0")
        && !fields[50 - first].equals("0")
        && fields[50 - first].equals(fields[51 - first]);
  }

  /// Returns whether the first thread of a process has its memory: it has not ended. Only for a
  /// process whose environment may be read.
  static boolean hasMemory(long pid) {
    return link("/proc/" + pid + "/exe") != null;
  }

  /// Returns the real user ID from `status`, or −1 if it cannot be read.
  static long realUid(long pid) {
    return uid(pid, 1);
  }

  /// Returns the user ID with which this process accesses files, or −1 if there is no `/proc`.
  public static long ownEffectiveUid() {
    return uid("self", 2);
  }

  /// Returns one of the user IDs in `status`. The first is the real one, the second the effective
  /// one.
  private static long uid(Object pid, int which) {
    String status = text("/proc/" + pid + "/status");
    int at = status.indexOf("\nUid:");
    for (int i = 0; i < which && at >= 0; i++) {
      at = status.indexOf('\t', at + 1);
    }
    if (at < 0) {
      return -1;
    }
    long uid = 0;
    for (int i = at + 1; i < status.length() && Character.isDigit(status.charAt(i)); i++) {
      uid = uid * 10 + (status.charAt(i) - '0');
    }
    return uid;
  }

  /// Returns the IDs of a process in each PID namespace from that of `/proc` down to its own. See
  /// `NSpid` in proc(5). All users may read them. Empty if the process is gone or hidden, or the
  /// kernel does not report them.
  ///
  /// @param pid the process ID, or `self`
  static long[] namespacedPids(Object pid) {
    String status = text("/proc/" + pid + "/status");
    int at = status.indexOf("\nNSpid:\t");
    if (at < 0) {
      return new long[0];
    }
    int end = status.indexOf('\n', at + 1);
    String[] words =
        status.substring(at + 8, end < 0 ? status.length() : end).strip().split("\\s+", -1);
    long[] pids = new long[words.length];
    for (int i = 0; i < words.length; i++) {
      try {
        pids[i] = Long.parseLong(words[i]);
      } catch (NumberFormatException noNumber) {
        return new long[0];
      }
    }
    return pids;
  }

  /// Returns the result of the first read of a file, at most 4096 bytes, or empty if it cannot be
  /// read. For files that fit, or whose rest is not needed. This saves the read that detects the
  /// end.
  static byte[] head(String path) {
    byte[] buffer = new byte[4096];
    try (FileInputStream in = new FileInputStream(path)) {
      return Arrays.copyOf(buffer, Math.max(0, in.read(buffer)));
    } catch (IOException unreadable) {
      return new byte[0];
    }
  }

  /// Returns whether a file can be opened and read, even if it is empty.
  static boolean isReadable(String path) {
    try (FileInputStream in = new FileInputStream(path)) {
      return in.read() >= -1;
    } catch (IOException refused) {
      return false;
    }
  }

  /// Returns a small file as text, one character per byte, or empty if it cannot be read.
  static String text(String path) {
    return new String(bytes(path, 1 << 20), StandardCharsets.ISO_8859_1);
  }

  /// Returns a file's bytes, up to a limit, or empty if it cannot be read.
  static byte[] bytes(String path, int limit) {
    byte[] buffer = new byte[4096];
    int length = 0;
    try (FileInputStream in = new FileInputStream(path)) {
      while (true) {
        int read = in.read(buffer, length, buffer.length - length);
        if (read < 0) {
          break;
        }
        length += read;
        if (length == buffer.length) {
          if (length >= limit) {
            break;
          }
          buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
      }
    } catch (IOException unreadable) {
      return new byte[0];
    }
    return Arrays.copyOf(buffer, length);
  }

  /// Returns the target of a symbolic link, or null if it cannot be read.
  static @Nullable String link(String path) {
    try {
      return Files.readSymbolicLink(Path.of(path)).toString();
    } catch (IOException unreadable) {
      return null;
    }
  }
}
