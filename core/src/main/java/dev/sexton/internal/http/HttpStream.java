package dev.sexton.internal.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/// A response whose body arrives in pieces. Reading has no time limit. Interrupting the reader or
/// closing the [OpenStreams] that contains it ends it. For use by one thread.
public final class HttpStream implements AutoCloseable {
  /// A streaming call that fails gives the reason in a few hundred bytes.
  private static final int MAX_WHOLE_BYTES = 1024 * 1024;

  private final ExchangeProblem problem;
  private final String request;
  private final Connection connection;
  private final OpenStreams streams;
  private final ChannelInput in;
  private final ResponseReader.Head head;
  private final BodyReader body;

  /// Reads the head.
  HttpStream(ExchangeProblem problem, String request, Connection connection, OpenStreams streams)
      throws IOException {
    this.problem = problem;
    this.request = request;
    this.connection = connection;
    this.streams = streams;
    this.in = new ChannelInput(connection.input());
    this.head = new ResponseReader(in).readHead();
    this.body = new BodyReader(in, head.headers(), Long.MAX_VALUE);
  }

  /// Returns the status code, such as 200.
  public int status() {
    return head.status();
  }

  /// Returns whether the status is from 200 to 299.
  public boolean isSuccess() {
    return head.status() >= 200 && head.status() <= 299;
  }

  /// Returns the next piece of the body, at most a few kilobytes and backed by an array. It is
  /// valid until the next call, and empty at the end.
  public ByteBuffer next() throws IOException {
    try {
      return body.next();
    } catch (IOException e) {
      throw problem.explain(request, true, e);
    }
  }

  /// Returns the whole response, which must be short and still unread.
  public HttpResponse whole() throws IOException {
    try {
      return read();
    } catch (IOException e) {
      throw problem.explain(request, true, e);
    }
  }

  /// Does the same within a time limit, for a response that does not wait for an event.
  public HttpResponse whole(Duration limit) throws IOException {
    try (Watchdog watchdog = new Watchdog(connection, limit)) {
      try {
        return read();
      } catch (IOException e) {
        throw problem.explain(request, limit, true, watchdog, e);
      }
    }
  }

  private HttpResponse read() throws IOException {
    byte[] all = new BodyReader(in, head.headers(), MAX_WHOLE_BYTES).readAll();
    return new HttpResponse(head.status(), head.headers(), all);
  }

  @Override
  public void close() throws IOException {
    streams.close(connection);
  }
}
