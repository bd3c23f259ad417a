package dev.sexton.mcp.transport;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// The SDK's stdio transport, with calls that can be cancelled.
public final class CancellableStdio implements McpServerTransportProvider {
  private static final Logger LOG = LoggerFactory.getLogger(CancellableStdio.class);

  private final McpServerTransportProvider stdio;
  private final MessageWriter writer;
  private final Calls calls = new Calls();

  /// Creates a transport over a client's streams.
  public CancellableStdio(InputStream in, OutputStream out, McpJsonMapper mapper) {
    this.writer = new MessageWriter(out, mapper);
    this.stdio =
        new StdioServerTransportProvider(mapper, new MessageLines(in, writer, mapper), out);
  }

  @Override
  public void setSessionFactory(McpServerSession.Factory factory) {
    stdio.setSessionFactory(transport -> {
      Filtered filtered = new Filtered(transport, writer, calls);
      return new Session(factory.create(filtered), filtered, calls);
    });
  }

  @Override
  public Mono<Void> notifyClients(String method, Object params) {
    return stdio.notifyClients(method, params);
  }

  @Override
  public Mono<Void> notifyClient(String sessionId, String method, Object params) {
    return stdio.notifyClient(sessionId, method, params);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return stdio.closeGracefully();
  }

  @Override
  public List<String> protocolVersions() {
    return stdio.protocolVersions();
  }

  /// Drops the messages that nobody waits for.
  private record Filtered(McpServerTransport transport, MessageWriter writer, Calls calls)
      implements McpServerTransport {
    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
      return Mono.fromCallable(
              () -> {
                if (!calls.isUnwanted(message)) {
                  writer.write(message);
                }
                return message;
              })
          .then();
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
      return transport.unmarshalFrom(data, type);
    }

    @Override
    public Mono<Void> closeGracefully() {
      return transport.closeGracefully();
    }

    @Override
    public void close() {
      transport.close();
    }

    @Override
    public List<String> protocolVersions() {
      return transport.protocolVersions();
    }
  }

  /// If an error reached the SDK's transport, it would read no more.
  private static Mono<Void> goOn(Throwable failed) {
    LOG.error("a message could not be handled ({})", failed.toString());
    return Mono.empty();
  }

  /// A session for the transport. It handles cancellation and delegates the rest to the SDK's.
  private static final class Session extends McpServerSession {
    private final McpServerSession session;
    private final Calls calls;

    Session(McpServerSession session, McpServerTransport transport, Calls calls) {
      super(session.getId(), Duration.ZERO, transport, request -> Mono.empty(), Map.of(), Map.of());
      this.session = session;
      this.calls = calls;
    }

    @Override
    public Mono<Void> handle(JSONRPCMessage message) {
      if (message instanceof JSONRPCNotification notification && calls.isCancelling(notification)) {
        return Mono.empty();
      }
      Mono<Void> handling = session.handle(message);
      return (message instanceof JSONRPCRequest request
              ? calls.handle(request, handling)
              : handling)
          .onErrorResume(CancellableStdio::goOn);
    }

    @Override
    public void init(ClientCapabilities capabilities, Implementation client) {
      session.init(capabilities, client);
    }

    @Override
    public void setMinLoggingLevel(LoggingLevel level) {
      session.setMinLoggingLevel(level);
    }

    @Override
    public boolean isNotificationForLevelAllowed(LoggingLevel level) {
      return session.isNotificationForLevelAllowed(level);
    }

    @Override
    public <T> Mono<T> sendRequest(String method, Object params, TypeRef<T> type) {
      return session.sendRequest(method, params, type);
    }

    @Override
    public Mono<Void> sendNotification(String method, Object params) {
      return session.sendNotification(method, params);
    }

    @Override
    public Mono<Void> closeGracefully() {
      calls.cancelAll();
      return session.closeGracefully();
    }

    @Override
    public void close() {
      calls.cancelAll();
      session.close();
    }
  }
}
