package dev.sexton.docker.internal.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Asks one engine, on a connection of its own for each exchange. Holds nothing between exchanges,
 * so it needs no closing, and is safe for use by several threads. A stream is the exception: it is
 * its caller's.
 */
public final class HttpClient {
  private final String name;
  private final Address address;

  /**
   * For one engine.
   *
   * @param name what error messages call it, address included
   * @param address where it listens
   */
  public HttpClient(String name, Address address) {
    this.name = name;
    this.address = address;
  }

  /** The same without a body. */
  public HttpResponse exchange(String method, String target, Duration limit) throws IOException {
    return exchange(method, target, "", limit);
  }

  /**
   * Sends a request and reads the answer, whatever its status.
   *
   * @param method {@code GET}, {@code POST} or {@code DELETE}
   * @param target path and query, encoded
   * @param json the body; empty for none
   * @param limit how long all of it may take, connecting included
   * @throws TimeLimitException if the limit ran out
   * @throws IOException if there is no engine, no permission, or no valid answer
   */
  public HttpResponse exchange(String method, String target, String json, Duration limit)
      throws IOException {
    try (SocketChannel channel = open();
        Watchdog watchdog = new Watchdog(channel, limit)) {
      boolean connected = false;
      try {
        connect(channel, watchdog);
        connected = true;
        send(channel, method, target, json);
        return new ResponseReader(new ChannelInput(channel)).read();
      } catch (IOException e) {
        throw problem(method + " " + target, limit, connected, watchdog, e);
      }
    }
  }

  /**
   * Sends a request without a body whose answer comes bit by bit, for as long as it takes.
   *
   * @param limit how long connecting may take, and the beginning of the answer unless it is late
   * @param late whether the answer only begins when something has happened
   * @param streams closes the stream, also while this method still waits for it
   * @throws TimeLimitException if the limit ran out
   * @throws IOException if there is no engine, no permission, or no valid answer
   */
  public HttpStream stream(
      String method, String target, Duration limit, boolean late, OpenStreams streams)
      throws IOException {
    String request = method + " " + target;
    SocketChannel channel = streams.add(open());
    boolean connected = false;
    try (Watchdog watchdog = new Watchdog(channel, limit)) {
      try {
        connect(channel, watchdog);
        connected = true;
        send(channel, method, target, "");
        if (late) {
          watchdog.callOff();
        }
        return new HttpStream(this, request, channel, streams);
      } catch (IOException e) {
        throw problem(request, limit, connected, watchdog, e);
      }
    } catch (IOException e) {
      streams.close(channel);
      throw e;
    }
  }

  /** What is to be said of a failure, the running out of time included. */
  IOException problem(
      String request, Duration limit, boolean connected, Watchdog watchdog, IOException cause) {
    return watchdog.hasFired()
        ? new TimeLimitException(name, request, limit, connected)
        : problem(request, connected, cause);
  }

  /** What is to be said of a failure that is no matter of time. */
  IOException problem(String request, boolean connected, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      InterruptedIOException interrupted =
          new InterruptedIOException("interrupted while " + name + " answered " + request);
      interrupted.initCause(cause);
      return interrupted;
    }
    return connected
        ? new IOException(
            name + " gave no valid answer to " + request + ": " + reason(cause), cause)
        : ConnectProblem.explain(name, address, cause);
  }

  private static String reason(IOException cause) {
    return cause instanceof ClosedChannelException
        ? "the connection was closed from here"
        : String.valueOf(cause.getMessage());
  }

  private SocketChannel open() throws IOException {
    return address instanceof Address.Unix
        ? SocketChannel.open(StandardProtocolFamily.UNIX)
        : SocketChannel.open();
  }

  private void connect(SocketChannel channel, Watchdog watchdog) throws IOException {
    if (address instanceof Address.Unix unix) {
      channel.connect(UnixDomainSocketAddress.of(unix.path()));
    } else {
      channel.connect(Resolver.resolve((Address.Tcp) address, watchdog.left()));
    }
  }

  private void send(SocketChannel channel, String method, String target, String json)
      throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    String head =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: "
            + address.hostHeader()
            + "\r\nUser-Agent: sexton\r\nConnection: close\r\n"
            + (json.isEmpty() ? "" : "Content-Type: application/json\r\n")
            + (method.equals("POST") ? "Content-Length: " + body.length + "\r\n\r\n" : "\r\n");
    byte[] headBytes = head.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = ByteBuffer.allocate(headBytes.length + body.length);
    bytes.put(headBytes).put(body).flip();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
