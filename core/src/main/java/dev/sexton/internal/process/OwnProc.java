package dev.sexton.internal.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Determines whether `/proc` shows this process's own PID namespace. In `unshare --pid --fork`
/// without `--mount-proc`, or with the host's `/proc` bind-mounted into a container, it shows
/// another one. A process ID in it then means a different process than the same ID means to
/// `kill(2)`.
final class OwnProc {
  /// The result of getpid(2), which does not need `/proc`.
  private static final long SELF = ProcessHandle.current().pid();

  private static final File ENTRY = new File("/proc/" + SELF + "/stat");

  private OwnProc() {}

  /// Returns why `/proc` is not this process's own, with the remedy, or null if it is.
  static @Nullable String defect() {
    String self = ProcFiles.link("/proc/self");
    if (self == null && !Files.exists(Path.of("/proc/self"), LinkOption.NOFOLLOW_LINKS)) {
      return "there is no /proc here: mount it";
    }
    return isOwn(SELF, self, ProcFiles.namespacedPids("self")) ? null : FOREIGN;
  }

  static final String FOREIGN =
      "/proc shows a different PID namespace than that of this process, so processes cannot be"
          + " identified: mount this namespace's own (unshare --mount-proc)";

  /// Decides from the values that were read.
  ///
  /// @param self the target of `/proc/self`, or null if it dangles
  /// @param namespaced the process's ID in each namespace from that of `/proc` down to its own, or
  ///   empty if the kernel does not report it (before Linux 4.1)
  static boolean isOwn(long pid, @Nullable String self, long[] namespaced) {
    return Long.toString(pid).equals(self)
        && (namespaced.length == 0 || Arrays.equals(namespaced, new long[] {pid}));
  }

  /// Returns whether this process still has an entry, because another `/proc` may be mounted over
  /// it. One system call, and so cheap enough for every process that is not found.
  static boolean showsSelf() {
    return ENTRY.exists();
  }
}
