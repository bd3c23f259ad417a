package dev.sexton.internal.watch;

import dev.sexton.internal.process.ProcessInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where the kernel tells no news, or the JVM may not ask it: there is only the interval. Knows of
 * no death before its time, and leaves finding it to the sweep that the interval brings.
 */
final class IntervalDeathWatch implements DeathWatch {
  @Override
  public boolean watch(ProcessInfo process) {
    return true;
  }

  @Override
  public void forget(ProcessInfo process) {
    // Nothing is kept of it.
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
    // Nothing is held.
  }
}
