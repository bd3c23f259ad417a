package dev.sexton;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Has one thread close something, once. Other threads wait for that thread. Safe for use by
/// multiple threads.
final class CloseOnce {
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable Thread closer;

  /// Returns whether the calling thread is the first one. It has to close, and to call [#end].
  synchronized boolean begin() {
    if (closer != null) {
      return false;
    }
    closer = Thread.currentThread();
    return true;
  }

  /// Lets the other threads continue.
  void end() {
    closed.countDown();
  }

  /// Waits for the thread that closes, unless it is the calling thread. Returns early, with the
  /// interrupt status set, if the calling thread is interrupted.
  ///
  /// @param limit the longest wait, because that thread may have called `System.exit`, which never
  ///   returns
  /// @return false if the wait took longer
  boolean await(Duration limit) {
    if (isCloser()) {
      return true;
    }
    try {
      return closed.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private synchronized boolean isCloser() {
    return Thread.currentThread().equals(closer);
  }
}
