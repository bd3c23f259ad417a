package dev.sexton.internal.http;

import java.io.IOException;
import java.io.Serial;
import java.time.Duration;

/// Thrown when a server exceeds a time limit.
public final class TimeLimitException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  TimeLimitException(
      String name, String request, Duration limit, boolean connected, String program) {
    super(
        name
            + (connected ? " did not answer " : " did not accept a connection for ")
            + request
            + " within "
            + seconds(limit)
            + " s: is the "
            + program
            + " hanging?");
  }

  private static String seconds(Duration limit) {
    long millis = limit.toMillis();
    return millis % 1000 == 0 ? Long.toString(millis / 1000) : Double.toString(millis / 1000.0);
  }
}
