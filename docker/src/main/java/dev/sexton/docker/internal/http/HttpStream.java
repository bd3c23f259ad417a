package dev.sexton.docker.internal.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * An answer whose body comes bit by bit. Reading has no time limit; interrupting the reader or
 * closing the {@link OpenStreams} that it belongs to ends it. For one thread.
 */
public final class HttpStream implements AutoCloseable {
  /** A streaming call that fails says why in a few hundred bytes. */
  private static final int MAX_WHOLE_BYTES = 1024 * 1024;

  private final HttpClient client;
  private final String request;
  private final SocketChannel channel;
  private final OpenStreams streams;
  private final ChannelInput in;
  private final ResponseReader.Head head;
  private final BodyReader body;

  /** Reads the head. */
  HttpStream(HttpClient client, String request, SocketChannel channel, OpenStreams streams)
      throws IOException {
    this.client = client;
    this.request = request;
    this.channel = channel;
    this.streams = streams;
    this.in = new ChannelInput(channel);
    this.head = new ResponseReader(in).readHead();
    this.body = new BodyReader(in, head.headers(), Long.MAX_VALUE);
  }

  /** Whether the status is one of 200 to 299. */
  public boolean isSuccess() {
    return head.status() >= 200 && head.status() <= 299;
  }

  /**
   * The next piece of the body, a few kilobytes at most, backed by an array; good until the next
   * call, and empty at the end.
   */
  public ByteBuffer next() throws IOException {
    try {
      return body.next();
    } catch (IOException e) {
      throw client.problem(request, true, e);
    }
  }

  /** All of the answer, if nothing of it was read yet and it is a short one. */
  public HttpResponse whole() throws IOException {
    try {
      return read();
    } catch (IOException e) {
      throw client.problem(request, true, e);
    }
  }

  /** The same within a time limit, for an answer that has nothing to wait for. */
  public HttpResponse whole(Duration limit) throws IOException {
    try (Watchdog watchdog = new Watchdog(channel, limit)) {
      try {
        return read();
      } catch (IOException e) {
        throw client.problem(request, limit, true, watchdog, e);
      }
    }
  }

  private HttpResponse read() throws IOException {
    byte[] all = new BodyReader(in, head.headers(), MAX_WHOLE_BYTES).readAll();
    return new HttpResponse(head.status(), head.headers(), all);
  }

  @Override
  public void close() throws IOException {
    streams.close(channel);
  }
}
