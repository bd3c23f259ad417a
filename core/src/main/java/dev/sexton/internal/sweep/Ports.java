package dev.sexton.internal.sweep;

import dev.sexton.internal.lock.InstanceLocks;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.spi.ResourceProvider;
import java.time.Duration;
import java.util.List;

/// The interfaces through which a sweep accesses the system, apart from the state directories.
///
/// @param processes the process table
/// @param locks the locks of instances
/// @param providers the container engines
/// @param clock the clock
/// @param workers the threads
public record Ports(
    ProcessTable processes,
    InstanceLocks locks,
    List<ResourceProvider> providers,
    SweepClock clock,
    Workers workers) {

  /// A clock.
  public interface SweepClock {
    /// Returns nanoseconds that only increase, for intervals.
    long nanoTime();

    /// Sleeps. Returns early, with the flag set again, if the thread is interrupted.
    void sleep(Duration duration);
  }

  /// A source of threads.
  public interface Workers {
    /// Runs all tasks, in parallel as far as possible, and returns when all have ended.
    void runAll(List<Runnable> tasks);
  }
}
