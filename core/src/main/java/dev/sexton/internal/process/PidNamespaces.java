package dev.sexton.internal.process;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Finds out from `/proc` to which PID namespaces processes belong.
final class PidNamespaces {
  private PidNamespaces() {}

  /// Returns whether a process is in a PID namespace, or may be because that is hidden.
  static boolean mayBeIn(ProcessInfo process, String pidNamespace) {
    String namespace = ProcFiles.link("/proc/" + process.pid() + "/ns/pid");
    if (namespace != null) {
      return namespace.equals(pidNamespace);
    }
    // Another user's process. One with a single ID is in the first namespace, as this process is.
    return ProcFiles.namespacedPids(process.pid()).length != 1
        && Files.exists(Path.of("/proc/" + process.pid()), LinkOption.NOFOLLOW_LINKS);
  }

  /// Returns whether a process, by its ID here, may be one that is known by its ID in a PID
  /// namespace below this one.
  static boolean isNested(long pid, ProcessIdentity process) {
    long[] pids = ProcFiles.namespacedPids(pid);
    for (int i = 1; i < pids.length; i++) {
      if (pids[i] == process.pid()) {
        String own = i == pids.length - 1 ? ProcFiles.link("/proc/" + pid + "/ns/pid") : null;
        return own == null || own.equals(process.machine().pidNamespace());
      }
    }
    return false;
  }
}
