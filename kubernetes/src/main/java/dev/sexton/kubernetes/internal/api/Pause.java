package dev.sexton.kubernetes.internal.api;

import java.io.InterruptedIOException;
import java.time.Duration;

/// The time between two looks.
final class Pause {
  private Pause() {}

  /// Sleeps.
  ///
  /// @throws InterruptedIOException if the thread is interrupted, which it then still is
  static void sleep(Duration pause) throws InterruptedIOException {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the cluster");
    }
  }
}
