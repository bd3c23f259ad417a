package dev.sexton.internal.sweep;

import dev.sexton.internal.lock.InstanceLocks;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.spi.ResourceProvider;
import java.time.Duration;
import java.util.List;

/**
 * Everything through which a sweep touches the world, apart from the state directories.
 *
 * @param processes the process table
 * @param locks the locks of instances
 * @param providers the container engines
 * @param clock time
 * @param workers threads
 */
public record Ports(
    ProcessTable processes,
    InstanceLocks locks,
    List<ResourceProvider> providers,
    SweepClock clock,
    Workers workers) {

  /** Time. */
  public interface SweepClock {
    /** Nanoseconds that only ever grow, for intervals. */
    long nanoTime();

    /** Waits. Returns early, with the flag set again, if the thread is interrupted. */
    void sleep(Duration duration);
  }

  /** Threads. */
  public interface Workers {
    /** Runs all tasks, side by side as far as it can, and returns when all have ended. */
    void runAll(List<Runnable> tasks);
  }
}
