package dev.sexton.internal.http;

import java.io.InterruptedIOException;

/// Sleeps between two checks, twice as long each time, from 20 ms to half a second.
public final class Backoff {
  private static final long FIRST_MILLIS = 20;
  private static final long LONGEST_MILLIS = 500;

  private long millis = FIRST_MILLIS;

  /// Creates the pauses of one wait.
  public Backoff() {}

  /// Sleeps for the next pause.
  public void sleep() throws InterruptedIOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the engine");
    }
    millis = Math.min(2 * millis, LONGEST_MILLIS);
  }
}
