package dev.sexton.testsupport;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/// Waits for conditions, never for time.
public final class Await {
  /// Far more than anything needs that a test waits for.
  public static final Duration LIMIT = Duration.ofSeconds(90);

  private Await() {}

  /// Waits until a condition is true. Looks every five milliseconds, for at most [#LIMIT].
  ///
  /// @param what the condition in words, for the message of a failure
  public static void until(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .atMost(LIMIT)
        .until(condition);
  }
}
