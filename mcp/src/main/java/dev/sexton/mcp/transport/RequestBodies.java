package dev.sexton.mcp.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/// Reads the bodies of requests, with limits on size and time. Thread-safe.
final class RequestBodies {
  /// The size up to which a body does not count as large.
  private static final int SMALL_BYTES = 1 << 16;

  /// Large bodies in memory at once. Each costs several times its size until it is parsed.
  private static final int LARGE_AT_ONCE = 8;

  /// How much of a refused body is read, in units of the largest permitted body.
  private static final int REFUSED_BODIES = 16;

  /// How long a refused body is read.
  private static final Duration REFUSED = Duration.ofSeconds(5);

  /// Parses a body.
  @FunctionalInterface
  interface Parser<T> {
    T parse(byte[] body) throws HttpFailure;
  }

  private final HttpLimits limits;
  private final Semaphore large = new Semaphore(LARGE_AT_ONCE);

  RequestBodies(HttpLimits limits) {
    this.limits = limits;
  }

  /// Returns the body of a request, parsed.
  <T> T read(Request request, Parser<T> parser) throws HttpFailure {
    if (request.getLength() > limits.requestBytes()) {
      throw tooLarge();
    }
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    long idle = endPoint.getIdleTimeout();
    Reading reading = new Reading(endPoint);
    try (InputStream input = Content.Source.asInputStream(request)) {
      return parser.parse(reading.all(input));
    } catch (IOException failed) {
      if (reading.isLate() || failed.getCause() instanceof TimeoutException) {
        throw tooSlow();
      }
      throw HttpFailure.of(
          HttpStatus.BAD_REQUEST_400, "the body of the request did not arrive", "send it again");
    } finally {
      reading.done();
      endPoint.setIdleTimeout(idle);
    }
  }

  /// Reads, up to a limit, what a client still sends of a request that has been answered. A
  /// connection that is closed while bytes arrive is reset, and then the client may lose the answer
  /// as well.
  void discard(Request request) {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    long idle = endPoint.getIdleTimeout();
    long deadline = System.nanoTime() + REFUSED.toNanos();
    long most = (long) limits.requestBytes() * REFUSED_BODIES;
    byte[] buffer = new byte[8192];
    try (InputStream input = Content.Source.asInputStream(request)) {
      for (long all = 0; all < most; ) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return;
        }
        endPoint.setIdleTimeout(left);
        int read = input.read(buffer);
        if (read < 0) {
          return;
        }
        all += read;
      }
    } catch (IOException gone) {
      // The client sends no more.
    } finally {
      endPoint.setIdleTimeout(idle);
    }
  }

  /// The reading of one body.
  private final class Reading {
    private final EndPoint endPoint;
    private final long deadline = System.nanoTime() + limits.timeouts().slow().toNanos();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private boolean isLarge;

    Reading(EndPoint endPoint) {
      this.endPoint = endPoint;
    }

    byte[] all(InputStream input) throws IOException, HttpFailure {
      byte[] buffer = new byte[8192];
      while (true) {
        if (isLate()) {
          throw tooSlow();
        }
        // Jetty's timeout restarts with each byte. This one does not.
        endPoint.setIdleTimeout(Math.max(1, leftMillis()));
        int read = input.read(buffer);
        if (read < 0) {
          return body.toByteArray();
        }
        if (body.size() + read > limits.requestBytes()) {
          throw tooLarge();
        }
        if (!isLarge && body.size() + read > SMALL_BYTES) {
          waitForPlace();
        }
        body.write(buffer, 0, read);
      }
    }

    private void waitForPlace() throws HttpFailure {
      try {
        isLarge = large.tryAcquire(leftMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
      if (!isLarge) {
        throw HttpFailure.of(
            HttpStatus.SERVICE_UNAVAILABLE_503,
            LARGE_AT_ONCE + " large requests are already being read",
            "try again in a moment, or send less than " + SMALL_BYTES + " bytes at once");
      }
    }

    private long leftMillis() {
      return (deadline - System.nanoTime()) / 1_000_000;
    }

    boolean isLate() {
      return leftMillis() <= 0;
    }

    void done() {
      if (isLarge) {
        large.release();
      }
    }
  }

  private HttpFailure tooLarge() {
    return HttpFailure.of(
        HttpStatus.PAYLOAD_TOO_LARGE_413,
        "the body of the request is larger than " + limits.requestBytes() + " bytes",
        "send a smaller request (an operator can change the limit with --request-bytes)");
  }

  private HttpFailure tooSlow() {
    return HttpFailure.of(
        HttpStatus.REQUEST_TIMEOUT_408,
        "the body of the request did not arrive within "
            + limits.timeouts().slow().toMillis()
            + " ms",
        "send it without pauses");
  }
}
