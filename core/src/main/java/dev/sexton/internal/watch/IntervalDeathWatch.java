package dev.sexton.internal.watch;

import dev.sexton.internal.process.ProcessInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Used where the kernel reports no events, or the JVM may not ask it. Only the interval remains.
/// This class reports no deaths, and leaves finding them to the interval's sweep.
final class IntervalDeathWatch implements DeathWatch {
  @Override
  public boolean watch(ProcessInfo process) {
    return true;
  }

  @Override
  public void forget(ProcessInfo process) {
    // It keeps no data about a process.
  }

  @Override
  public boolean watch(Path directory) {
    return false;
  }

  @Override
  public List<News> await(Duration limit) {
    try {
      Thread.sleep(limit);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
    return List.of();
  }

  @Override
  public void close() {
    // It holds no resources.
  }
}
