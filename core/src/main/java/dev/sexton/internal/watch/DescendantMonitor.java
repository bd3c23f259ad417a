package dev.sexton.internal.watch;

import dev.sexton.internal.sweep.Ports.SweepClock;
import java.time.Duration;

/// Looks for the processes below the held owners while these live. The kernel does not report them,
/// so they are checked at an interval that adapts. For use by one thread.
final class DescendantMonitor {
  /// The pause between two checks of the processes below the owners: short after a change, and long
  /// where nothing changes.
  static final long SHORTEST_NANOS = Duration.ofMillis(50).toNanos();

  static final long LONGEST_NANOS = Duration.ofSeconds(2).toNanos();

  /// The minimum ratio of a pause to the check before it. It limits the load to 4 % of one core.
  static final int PAUSE_FACTOR = 25;

  private final WatchedOwners held;
  private final WatcherPorts ports;
  private long due;
  private long pause = SHORTEST_NANOS;

  DescendantMonitor(WatchedOwners held, WatcherPorts ports) {
    this.held = held;
    this.ports = ports;
  }

  /// Checks the processes if that is due, and returns when the next check is due.
  ///
  /// @param now the current time, by the clock of the ports
  long checkIfDue(long now) {
    if (now - due >= 0) {
      check();
      due = ports.clock().nanoTime() + pause;
    }
    return due;
  }

  /// Makes the next check due now, because there is a new owner.
  void expedite(long now) {
    pause = SHORTEST_NANOS;
    due = now;
  }

  private void check() {
    SweepClock clock = ports.clock();
    long began = clock.nanoTime();
    boolean changed = held.look(ports.processes().snapshot(), ports.sweeps().keep(), began);
    pause = pauseAfter(pause, clock.nanoTime() - began, changed);
  }

  /// Returns the pause after a check, in nanoseconds.
  ///
  /// @param before the pause before the check
  /// @param took how long the check took
  /// @param changed whether it found a change
  static long pauseAfter(long before, long took, boolean changed) {
    return Math.max(
        PAUSE_FACTOR * took, changed ? SHORTEST_NANOS : Math.min(2 * before, LONGEST_NANOS));
  }
}
