package dev.sexton.mcp.transport;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Whether a client has taken a call back. Safe for use by several threads. */
public final class Cancellation {
  /** The key in the SDK's transport context. */
  static final String KEY = "dev.sexton.cancellation";

  private final CountDownLatch cancelled = new CountDownLatch(1);

  void cancel() {
    cancelled.countDown();
  }

  /** Whether it has. */
  public boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  /** Waits for it, at most so long. */
  boolean await(long nanos) throws InterruptedException {
    return cancelled.await(nanos, TimeUnit.NANOSECONDS);
  }
}
