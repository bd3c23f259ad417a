package dev.sexton.internal.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// Sends requests to one server. Each has a connection of its own, which ends with it. Only
/// connections over ssh are kept for some seconds, because each costs a process and an
/// authentication: closing the client ends them. A stream must be closed by its caller. Safe for
/// use by multiple threads.
public final class HttpClient implements AutoCloseable {
  private final Address address;
  private final ExchangeProblem problem;

  /// Null unless the server is reached by ssh.
  private final @Nullable SshClient ssh;

  /// Null until the first exchange with TLS.
  private volatile @Nullable SSLSocketFactory encryption;

  /// Creates a client for an engine, whose program is a daemon. Does not connect.
  ///
  /// @param name the name in error messages, including the address
  /// @param address where the engine listens
  public HttpClient(String name, Address address) {
    this(name, address, "daemon");
  }

  /// Creates a client for one server. Does not connect.
  ///
  /// @param name the name in error messages, including the address
  /// @param address where the server listens
  /// @param program what error messages call the program that should answer
  public HttpClient(String name, Address address, String program) {
    this.address = address;
    this.problem = new ExchangeProblem(name, address, program);
    this.ssh = address instanceof Address.Ssh remote ? new SshClient(remote, problem) : null;
  }

  /// Does the same without a body.
  public HttpResponse exchange(String method, String target, Duration limit) throws IOException {
    return exchange(method, target, "", limit);
  }

  /// Does the same without further headers.
  public HttpResponse exchange(String method, String target, String json, Duration limit)
      throws IOException {
    return exchange(method, target, Map.of(), json, limit);
  }

  /// Sends a request and reads the response, whatever its status.
  ///
  /// @param method `GET`, `POST` or `DELETE`
  /// @param target path and query, encoded
  /// @param headers further headers; visible ASCII and spaces
  /// @param json the body; empty for none
  /// @param limit the limit for the whole exchange, including connecting; connecting by ssh has a
  ///   limit of its own
  /// @throws TimeLimitException if the limit is exceeded
  /// @throws IOException if there is no server, no permission, or no valid response
  public HttpResponse exchange(
      String method, String target, Map<String, String> headers, String json, Duration limit)
      throws IOException {
    HttpRequest request = new HttpRequest(method, target, headers, json);
    if (ssh != null) {
      return ssh.exchange(request, limit);
    }
    try (Connection connection = open();
        Watchdog watchdog = new Watchdog(connection, limit)) {
      boolean connected = false;
      try {
        connection.connect(watchdog.left());
        connected = true;
        request.send(connection, address.hostHeader(), true);
        return new ResponseReader(new ChannelInput(connection.input())).read();
      } catch (IOException e) {
        throw problem.explain(request.text(), limit, connected, watchdog, e);
      }
    }
  }

  /// Sends a request without a body whose response arrives in pieces, for as long as it takes.
  ///
  /// @param limit the limit for connecting, and for the beginning of the response unless it is late
  /// @param late whether the response begins only after an event
  /// @param streams closes the stream, even while this method still waits for it
  /// @throws TimeLimitException if the limit is exceeded
  /// @throws IOException if there is no server, no permission, or no valid response
  public HttpStream stream(
      String method, String target, Duration limit, boolean late, OpenStreams streams)
      throws IOException {
    return stream(new HttpRequest(method, target, Map.of(), ""), limit, late, streams);
  }

  /// Sends a GET request whose response begins and continues when there is something to send.
  ///
  /// @param headers further headers; visible ASCII and spaces
  /// @param limit the limit for connecting
  /// @param streams closes the stream, even while this method still waits for it
  /// @throws TimeLimitException if the limit is exceeded
  /// @throws IOException if there is no server, no permission, or no valid response
  public HttpStream follow(
      String target, Map<String, String> headers, Duration limit, OpenStreams streams)
      throws IOException {
    return stream(new HttpRequest("GET", target, headers, ""), limit, true, streams);
  }

  private HttpStream stream(HttpRequest request, Duration limit, boolean late, OpenStreams streams)
      throws IOException {
    Connection connection = streams.add(open());
    try {
      if (ssh != null) {
        ssh.connect(connection, request.text());
      }
      return stream(request, limit, late, connection, streams);
    } catch (IOException e) {
      streams.close(connection);
      throw e;
    }
  }

  private HttpStream stream(
      HttpRequest request, Duration limit, boolean late, Connection connection, OpenStreams streams)
      throws IOException {
    boolean connected = ssh != null;
    try (Watchdog watchdog = new Watchdog(connection, limit)) {
      try {
        if (!connected) {
          connection.connect(watchdog.left());
          connected = true;
        }
        request.send(connection, address.hostHeader(), true);
        if (late) {
          watchdog.callOff();
        }
        return new HttpStream(problem, request.text(), connection, streams);
      } catch (IOException e) {
        throw problem.explain(request.text(), limit, connected, watchdog, e);
      }
    }
  }

  private Connection open() throws IOException {
    return switch (address) {
      case Address.Unix unix -> SocketConnection.open(unix);
      case Address.Tcp tcp -> SocketConnection.open(tcp);
      case Address.Tls tls -> TlsConnection.open(tls, () -> encryption(tls));
      case Address.Ssh _ -> requireNonNull(ssh).open();
    };
  }

  /// Returns what TLS needs. The certificates are read for the first exchange only.
  private SSLSocketFactory encryption(Address.Tls tls) throws IOException {
    SSLSocketFactory known = encryption;
    if (known == null) {
      known = tls.material().context().getSocketFactory();
      encryption = known;
    }
    return known;
  }

  /// Ends the connections over ssh that are not streams. No exchange is possible afterwards.
  @Override
  public void close() {
    if (ssh != null) {
      ssh.close();
    }
  }
}
