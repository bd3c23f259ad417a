package dev.sexton.mcp.transport;

import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens for clients over HTTP. Thread-safe.
public final class HttpListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);

  /// Jetty's own threads, for accepting and selecting. Requests run on virtual threads.
  private static final int THREADS = 8;

  private final Server server;
  private final ServerConnector connector;
  private final String host;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("http-clock").factory());

  private HttpListener(Server server, ServerConnector connector, String host) {
    this.server = server;
    this.connector = connector;
    this.host = host;
  }

  /// Starts to listen.
  ///
  /// @param address with port 0 for any free one
  /// @throws IOException if the address is not available
  public static HttpListener start(
      InetSocketAddress address, HttpAccess access, CancellableHttp http) throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
    threads.setName("http");
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("http-"));
    Server server = new Server(threads);
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setRequestHeaderSize(HttpLimits.HEADER_BYTES);
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
    connector.setHost(address.getAddress().getHostAddress());
    connector.setPort(address.getPort());
    // Connections beyond the limit wait here until another one is closed.
    connector.setAcceptQueueSize(http.limits().maxConnections());
    connector.setIdleTimeout(http.limits().timeouts().idle().toMillis());
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(http.limits().maxConnections(), connector));
    HttpHandler handler = new HttpHandler(http, access);
    server.setHandler(handler);
    server.setErrorHandler(HttpListener::answerError);
    HttpListener listener = new HttpListener(server, connector, access.host());
    listener.open();
    listener.repeat(http.limits(), handler, http);
    return listener;
  }

  private void open() throws IOException {
    try {
      server.start();
    } catch (IOException taken) {
      close();
      throw taken;
    } catch (Exception failed) { // Declared by Jetty.
      close();
      throw new IOException(failed);
    }
  }

  private void repeat(HttpLimits limits, HttpHandler handler, CancellableHttp http) {
    HalfOpenConnections halfOpen = new HalfOpenConnections(connector, limits.timeouts().slow());
    every(limits.timeouts().slow().dividedBy(10), halfOpen::closeOld);
    every(limits.timeouts().idle().dividedBy(3), handler::pingAll);
    Duration idle = limits.clientIdle().dividedBy(10);
    every(idle.compareTo(Duration.ofSeconds(1)) < 0 ? idle : Duration.ofSeconds(1), http::endIdle);
  }

  private void every(Duration time, Runnable action) {
    Runnable safely =
        () -> {
          try {
            action.run();
          } catch (RuntimeException unexpected) {
            LOG.error("checking the connections failed", unexpected);
          }
        };
    var _ =
        clock.scheduleWithFixedDelay(
            safely, time.toMillis(), Math.max(1, time.toMillis()), TimeUnit.MILLISECONDS);
  }

  /// Answers requests that Jetty refuses itself because they could not be read.
  private static boolean answerError(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    String message =
        switch (status) {
          case HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431, HttpStatus.URI_TOO_LONG_414 ->
              "the headers of the request are larger than "
                  + HttpLimits.HEADER_BYTES
                  + " bytes: send fewer or shorter ones (this limit is fixed)";
          default -> HttpStatus.getMessage(status) + ": send an HTTP/1.1 request to /mcp";
        };
    HttpFailure.answer(response, callback, status, McpSchema.ErrorCodes.INVALID_REQUEST, message);
    return true;
  }

  /// Returns the address on which it listens.
  public URI address() {
    String name = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    return URI.create("http://" + name + ":" + connector.getLocalPort() + HttpHandler.PATH);
  }

  /// Stops listening.
  @Override
  public void close() {
    clock.shutdownNow();
    try {
      server.stop();
    } catch (Exception failed) { // Declared by Jetty.
      LOG.warn("the listener did not stop cleanly: {}", String.valueOf(failed));
    }
  }
}
