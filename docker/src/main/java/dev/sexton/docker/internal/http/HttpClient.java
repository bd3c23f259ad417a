package dev.sexton.docker.internal.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Asks one engine, on a connection of its own for each exchange. Holds nothing between exchanges,
 * so it needs no closing, and is safe for use by several threads.
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

  /**
   * Sends a request without a body and reads the answer, whatever its status.
   *
   * @param method {@code GET}, {@code POST} or {@code DELETE}
   * @param target path and query, encoded
   * @param limit how long all of it may take, connecting included
   * @throws TimeLimitException if the limit ran out
   * @throws IOException if there is no engine, no permission, or no valid answer
   */
  public HttpResponse exchange(String method, String target, Duration limit) throws IOException {
    try (SocketChannel channel = open();
        Watchdog watchdog = new Watchdog(channel, limit)) {
      boolean connected = false;
      try {
        connect(channel, watchdog);
        connected = true;
        send(channel, method, target);
        return new ResponseReader(new ChannelInput(channel)).read();
      } catch (IOException e) {
        if (watchdog.hasFired()) {
          throw new TimeLimitException(name, method + " " + target, limit, connected);
        }
        if (e instanceof ClosedByInterruptException) {
          InterruptedIOException interrupted =
              new InterruptedIOException(
                  "interrupted while " + name + " answered " + method + " " + target);
          interrupted.initCause(e);
          throw interrupted;
        }
        throw connected
            ? new IOException(
                name + " gave no valid answer to " + method + " " + target + ": " + e.getMessage(),
                e)
            : ConnectProblem.explain(name, address, e);
      }
    }
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

  private void send(SocketChannel channel, String method, String target) throws IOException {
    String request =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: "
            + address.hostHeader()
            + "\r\nUser-Agent: sexton\r\nConnection: close\r\n"
            + (method.equals("POST") ? "Content-Length: 0\r\n\r\n" : "\r\n");
    ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
