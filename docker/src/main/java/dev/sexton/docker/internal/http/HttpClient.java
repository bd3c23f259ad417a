package dev.sexton.docker.internal.http;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// Sends requests to one engine, each on a connection of its own. It holds no connection between
/// exchanges, so it need not be closed. Safe for use by multiple threads. The exception is a
/// stream, which the caller must close.
public final class HttpClient {
  private final Address address;
  private final ExchangeProblems problems;

  /// Null until the first exchange with TLS.
  private volatile @Nullable SSLSocketFactory encryption;

  /// Creates a client for one engine.
  ///
  /// @param name the name in error messages, including the address
  /// @param address where the engine listens
  public HttpClient(String name, Address address) {
    this.address = address;
    this.problems = new ExchangeProblems(name, address);
  }

  /// Does the same without a body.
  public HttpResponse exchange(String method, String target, Duration limit) throws IOException {
    return exchange(method, target, "", limit);
  }

  /// Sends a request and reads the response, whatever its status.
  ///
  /// @param method `GET`, `POST` or `DELETE`
  /// @param target path and query, encoded
  /// @param json the body; empty for none
  /// @param limit the limit for the whole exchange, including connecting
  /// @throws TimeLimitException if the limit is exceeded
  /// @throws IOException if there is no engine, no permission, or no valid response
  public HttpResponse exchange(String method, String target, String json, Duration limit)
      throws IOException {
    try (SocketChannel channel = open();
        Watchdog watchdog = new Watchdog(channel, limit)) {
      boolean connected = false;
      try {
        Connection connection = connect(channel, watchdog);
        connected = true;
        send(connection, method, target, json);
        return new ResponseReader(new ChannelInput(connection.input())).read();
      } catch (IOException e) {
        throw problems.explain(method + " " + target, limit, connected, watchdog, e);
      }
    }
  }

  /// Sends a request without a body whose response arrives in pieces, for as long as it takes.
  ///
  /// @param limit the limit for connecting, and for the beginning of the response unless it is late
  /// @param late whether the response begins only after an event
  /// @param streams closes the stream, even while this method still waits for it
  /// @throws TimeLimitException if the limit is exceeded
  /// @throws IOException if there is no engine, no permission, or no valid response
  public HttpStream stream(
      String method, String target, Duration limit, boolean late, OpenStreams streams)
      throws IOException {
    String request = method + " " + target;
    SocketChannel channel = streams.add(open());
    boolean connected = false;
    try (Watchdog watchdog = new Watchdog(channel, limit)) {
      try {
        Connection connection = connect(channel, watchdog);
        connected = true;
        send(connection, method, target, "");
        if (late) {
          watchdog.callOff();
        }
        return new HttpStream(problems, request, channel, connection, streams);
      } catch (IOException e) {
        throw problems.explain(request, limit, connected, watchdog, e);
      }
    } catch (IOException e) {
      streams.close(channel);
      throw e;
    }
  }

  private SocketChannel open() throws IOException {
    return address instanceof Address.Unix
        ? SocketChannel.open(StandardProtocolFamily.UNIX)
        : SocketChannel.open();
  }

  private Connection connect(SocketChannel channel, Watchdog watchdog) throws IOException {
    switch (address) {
      case Address.Unix unix -> channel.connect(UnixDomainSocketAddress.of(unix.path()));
      case Address.Tcp tcp -> channel.connect(Resolver.resolve(tcp, watchdog.left()));
      case Address.Tls tls -> {
        channel.connect(Resolver.resolve(tls.tcp(), watchdog.left()));
        return TlsConnection.start(channel, tls.tcp(), encryption(tls));
      }
    }
    return new Connection.Plain(channel);
  }

  /// Returns what TLS needs. The certificates are read for the first exchange only.
  private SSLSocketFactory encryption(Address.Tls tls) throws IOException {
    SSLSocketFactory known = encryption;
    if (known == null) {
      known = TlsCertificates.context(tls.certificates()).getSocketFactory();
      encryption = known;
    }
    return known;
  }

  private void send(Connection connection, String method, String target, String json)
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
      connection.write(bytes);
    }
  }
}
