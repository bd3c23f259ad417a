package dev.sexton.internal.process;

import org.jspecify.annotations.Nullable;

/// The offset of this process's time namespace from the machine's clock. See time_namespaces(7).
/// The kernel adds the offset to every start time that it shows to a process in the namespace, so
/// the same process has another start time for a reader outside.
final class TimeNamespace {
  /// The offset cannot be determined, or is not a whole number of ticks.
  static final long UNREADABLE = Long.MIN_VALUE;

  /// The inode of the first time namespace: PROC_TIME_INIT_INO in the kernel's proc_ns.h.
  private static final String FIRST = "time:[4026531834]";

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private TimeNamespace() {}

  /// Returns the offset in clock ticks, or [#UNREADABLE].
  static long offset(long ticksPerSecond) {
    String own = ProcFiles.link("/proc/self/ns/time");
    if (FIRST.equals(own)) {
      return 0;
    }
    String offsets = ProcFiles.text("/proc/self/timens_offsets");
    if (own == null && offsets.isEmpty()) {
      return 0; // A kernel without time namespaces.
    }
    return offset(own, ProcFiles.link("/proc/self/ns/time_for_children"), offsets, ticksPerSecond);
  }

  /// Decides from the values that were read.
  ///
  /// @param own the namespace of this process, or null if it cannot be read
  /// @param children the namespace to which the offsets belong: that of the next child
  /// @param offsets the text of `timens_offsets`
  static long offset(
      @Nullable String own, @Nullable String children, String offsets, long ticksPerSecond) {
    if (own == null || !own.equals(children)) {
      return UNREADABLE;
    }
    for (String line : offsets.split("\n", -1)) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length == 3 && words[0].equals("boottime")) {
        return ticks(words[1], words[2], ticksPerSecond);
      }
    }
    return UNREADABLE;
  }

  /// Converts to ticks. A fraction of a tick counts as unreadable, because rounding would make one
  /// process look like two.
  private static long ticks(String seconds, String nanos, long ticksPerSecond) {
    try {
      long tick = NANOS_PER_SECOND / ticksPerSecond;
      long rest = Long.parseLong(nanos);
      return rest % tick != 0
          ? UNREADABLE
          : Math.addExact(Math.multiplyExact(Long.parseLong(seconds), ticksPerSecond), rest / tick);
    } catch (NumberFormatException | ArithmeticException noNumber) {
      return UNREADABLE;
    }
  }
}
