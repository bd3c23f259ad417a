package dev.sexton.internal.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;

/// Makes the exceptions for failed exchanges with one server.
///
/// @param name the name of the server in messages, including the address
/// @param address where the server listens
/// @param program what messages call the program that should answer
record ExchangeProblem(String name, Address address, String program) {
  /// Returns the exception for a failure, including a timeout.
  IOException explain(
      String request, Duration limit, boolean connected, Watchdog watchdog, IOException cause) {
    return watchdog.hasFired()
        ? new TimeLimitException(name, request, limit, connected, program)
        : explain(request, connected, cause);
  }

  /// Returns the exception for a failure other than a timeout.
  IOException explain(String request, boolean connected, IOException cause) {
    // TLS wraps the exception.
    if (cause instanceof ClosedByInterruptException
        || (address instanceof Address.Tls && Thread.currentThread().isInterrupted())) {
      InterruptedIOException interrupted =
          new InterruptedIOException("interrupted while " + name + " answered " + request);
      interrupted.initCause(cause);
      return interrupted;
    }
    String refusal = address instanceof Address.Tls tls ? TlsProblem.find(tls, cause) : null;
    if (refusal != null || cause instanceof SshException) {
      return new IOException(
          name + " cannot be reached: " + (refusal == null ? cause.getMessage() : refusal), cause);
    }
    return connected
        ? new IOException(
            name + " gave no valid answer to " + request + ": " + reason(cause), cause)
        : ConnectProblem.explain(name, address, program, cause);
  }

  private static String reason(IOException cause) {
    return cause instanceof ClosedChannelException
        ? "the connection was closed locally"
        : String.valueOf(cause.getMessage());
  }
}
