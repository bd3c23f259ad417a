package dev.sexton.internal.sweep;

import java.time.Duration;

/// The clock of this machine.
public final class SystemClock implements Ports.SweepClock {
  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void sleep(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException remember) {
      Thread.currentThread().interrupt();
    }
  }
}
