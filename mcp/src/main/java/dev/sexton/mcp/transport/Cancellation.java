package dev.sexton.mcp.transport;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Whether a client has cancelled a call. Thread-safe.
public final class Cancellation {
  /// The key in the SDK's transport context.
  static final String KEY = "dev.sexton.cancellation";

  private final CountDownLatch cancelled = new CountDownLatch(1);

  void cancel() {
    cancelled.countDown();
  }

  /// Returns whether the call was cancelled.
  public boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  /// Waits until the call is cancelled, up to this time, and returns whether it was.
  boolean await(long nanos) throws InterruptedException {
    return cancelled.await(nanos, TimeUnit.NANOSECONDS);
  }
}
