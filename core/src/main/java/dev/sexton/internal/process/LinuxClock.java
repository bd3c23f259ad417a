package dev.sexton.internal.process;

import java.util.function.LongSupplier;

/// The clock by which the kernel counts process start times, in clock ticks. `/proc/uptime` shows
/// the same clock, but a container may see its own there (lxcfs) while start times stay the
/// machine's. A thread that is started now has a start time of that very clock, so the first
/// reading comes from one; `/proc/uptime`, which is cheaper, is used from then on if both agree.
final class LinuxClock {
  private enum Uptime {
    UNTRIED,
    AGREES,
    CONTRADICTS
  }

  /// How often two clocks are read until little came between.
  private static final int READINGS = 10;

  /// Half a clock tick, in milliseconds: start times are no more exact.
  private static final long CLOSE_MILLIS = 5;

  private final long ticksPerSecond;
  private volatile Uptime uptime = Uptime.UNTRIED;

  LinuxClock(long ticksPerSecond) {
    this.ticksPerSecond = ticksPerSecond;
  }

  /// Returns the time now as `/proc/PID/stat` would show it to this process.
  ///
  /// @throws IllegalStateException if it cannot be read
  long now() {
    if (uptime == Uptime.AGREES) {
      long ticks = uptimeTicks();
      if (ticks >= 0) {
        return ticks;
      }
    }
    long before = uptime == Uptime.UNTRIED ? uptimeTicks() : -1;
    long now = startOfNewThread();
    if (uptime == Uptime.UNTRIED) {
      uptime = agrees(before, now, uptimeTicks()) ? Uptime.AGREES : Uptime.CONTRADICTS;
    }
    return now;
  }

  /// Whether `/proc/uptime` shows another clock than that of start times.
  boolean contradictsUptime() {
    now();
    return uptime == Uptime.CONTRADICTS && uptimeTicks() >= 0;
  }

  /// Whether a start lies between two readings of `/proc/uptime`, give or take a tick of rounding.
  static boolean agrees(long before, long start, long after) {
    return before >= 0 && after >= 0 && start >= before - 1 && start <= after + 1;
  }

  /// Returns when another clock stood at zero, by the wall clock. The two are read one after the
  /// other: a thread that has to wait for a processor in between would take every process for older
  /// than it is, so the closest of a few readings counts.
  ///
  /// @param wall the wall clock, in milliseconds
  /// @param other the other clock, in milliseconds
  static long origin(LongSupplier wall, LongSupplier other) {
    long closest = Long.MAX_VALUE;
    long origin = 0;
    for (int i = 0; i < READINGS && closest > CLOSE_MILLIS; i++) {
      long before = wall.getAsLong();
      long reading = other.getAsLong();
      long between = Math.abs(wall.getAsLong() - before); // The wall clock may be set back.
      if (between < closest) {
        closest = between;
        origin = before - reading;
      }
    }
    return origin;
  }

  private long uptimeTicks() {
    byte[] text = ProcFiles.head("/proc/uptime");
    return text.length == 0 ? -1 : LinuxMachine.millis(text) * ticksPerSecond / 1000;
  }

  private static long startOfNewThread() {
    long[] start = {-1};
    Thread thread =
        Thread.ofPlatform()
            .name("sexton-clock")
            .daemon()
            .unstarted(() -> {
              byte[] line = ProcFiles.head("/proc/thread-self/stat");
              ProcessInfo self = line.length == 0 ? null : ProcFiles.parseStat(line, line.length);
              start[0] = self == null ? -1 : self.start();
            });
    thread.start();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (start[0] < 0) {
      throw new IllegalStateException(
          "the clock of process start times cannot be read: /proc/thread-self/stat is missing");
    }
    return start[0];
  }
}
