package dev.sexton.internal.process;

import java.util.function.LongSupplier;

/// The clock in which the kernel counts process start times, in clock ticks. `/proc/uptime` shows
/// the same clock, but a container may see its own there (lxcfs) while start times stay the
/// machine's. The first reading is therefore the start time of a new thread, which is on that very
/// clock. The cheaper `/proc/uptime` is used from then on if both agree.
final class LinuxClock {
  private enum Uptime {
    UNTRIED,
    AGREES,
    CONTRADICTS
  }

  /// The maximum number of attempts to read two clocks closely together.
  private static final int READINGS = 10;

  /// Half a clock tick, in milliseconds. Start times are no more precise.
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

  /// Returns whether `/proc/uptime` shows a different clock from that of start times.
  boolean contradictsUptime() {
    now();
    return uptime == Uptime.CONTRADICTS && uptimeTicks() >= 0;
  }

  /// Returns whether a start time lies between two readings of `/proc/uptime`, within a tick of
  /// rounding.
  static boolean agrees(long before, long start, long after) {
    return before >= 0 && after >= 0 && start >= before - 1 && start <= after + 1;
  }

  /// Returns the wall-clock time at which another clock was zero. The clocks are read one after the
  /// other. If the thread has to wait for a processor in between, every process would seem older
  /// than it is. The closest of a few readings is therefore used.
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
              ProcessInfo self = line.length == 0 ? null : StatLine.parse(line, line.length);
              start[0] = self == null ? -1 : self.start().value();
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
