package dev.sexton.internal.process;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Information from `/proc` and `/etc` about the machine as a whole.
final class LinuxMachine {
  /// Inode of the first PID namespace: PROC_PID_INIT_INO in the kernel's proc_ns.h.
  private static final String FIRST_PID_NAMESPACE = "pid:[4026531836]";

  /// The auxiliary vector's entry for the clock ticks per second: AT_CLKTCK in the kernel's
  /// auxvec.h.
  private static final long AT_CLKTCK = 17;

  private LinuxMachine() {}

  /// Reads what identifies this machine. A part that cannot be read stays empty, and so equals
  /// nothing.
  ///
  /// @param ownProc whether `/proc` is that of this process's PID namespace
  /// @param startsReadable whether start times can be compared with those that others read
  static Machine read(boolean ownProc, boolean startsReadable) {
    String namespace = ownProc ? ProcFiles.link("/proc/self/ns/pid") : null;
    return new Machine(
        host(),
        startsReadable ? ProcFiles.text("/proc/sys/kernel/random/boot_id").strip() : "",
        namespace == null ? "" : namespace,
        StartUnit.TICKS);
  }

  /// Returns the machine ID of machine-id(5), or the host name if there is none, as in a container.
  private static String host() {
    String id = ProcFiles.text("/etc/machine-id").strip();
    if (id.isEmpty() || id.equals("uninitialized")) {
      id = ProcFiles.text("/var/lib/dbus/machine-id").strip();
    }
    if (!id.isEmpty()) {
      return id;
    }
    String name = ProcFiles.text("/proc/sys/kernel/hostname").strip();
    return name.isEmpty() ? "" : "name:" + name;
  }

  static boolean isFirstPidNamespace(String namespace) {
    return namespace.equals(FIRST_PID_NAMESPACE);
  }

  /// Returns the clock ticks per second, the unit of process start times.
  static long ticksPerSecond() {
    byte[] vector = ProcFiles.bytes("/proc/self/auxv", 1 << 16);
    ByteBuffer words = ByteBuffer.wrap(vector).order(ByteOrder.nativeOrder());
    while (words.remaining() >= 16) {
      long type = words.getLong();
      long value = words.getLong();
      if (type == AT_CLKTCK && value > 0) {
        return value;
      }
    }
    return 100; // USER_HZ on every architecture that JDK 25 supports.
  }

  /// Parses the first number of a text, in seconds with any number of decimals. Returns
  /// milliseconds.
  static long millis(byte[] text) {
    long millis = 0;
    int decimals = -1;
    for (byte letter : text) {
      if (letter == '.') {
        decimals = 0;
      } else if (letter < '0' || letter > '9') {
        break;
      } else if (decimals < 3) {
        millis = 10 * millis + (letter - '0');
        decimals += decimals < 0 ? 0 : 1;
      }
    }
    for (int i = Math.max(0, decimals); i < 3; i++) {
      millis *= 10;
    }
    return millis;
  }

  /// Returns whether `/proc` is mounted so that other users' processes are hidden. See proc(5).
  static boolean hidesOtherUsers() {
    for (String line : ProcFiles.text("/proc/self/mountinfo").split("\n", -1)) {
      if (line.contains(" /proc ")
          && line.contains("hidepid=")
          && !line.contains("hidepid=0")
          && !line.contains("hidepid=off")) {
        return true;
      }
    }
    return false;
  }
}
