package dev.sexton.mcp.transport;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** The SDK's stdio transport, with calls that can be cancelled. */
public final class CancellableStdio implements McpServerTransportProvider {
  private final McpServerTransportProvider stdio;
  private final Calls calls = new Calls();

  /** Around the SDK's own. */
  public CancellableStdio(McpServerTransportProvider stdio) {
    this.stdio = stdio;
  }

  @Override
  public void setSessionFactory(McpServerSession.Factory factory) {
    stdio.setSessionFactory(transport -> {
      Filtered filtered = new Filtered(transport, calls);
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

  /** Leaves out what nobody waits for. */
  private record Filtered(McpServerTransport transport, Calls calls) implements McpServerTransport {
    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
      return Mono.defer(
          () -> calls.isUnwanted(message) ? Mono.empty() : transport.sendMessage(message));
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

  /** Is a session for the transport, and leaves everything but the cancelling to the SDK's. */
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
      return message instanceof JSONRPCRequest request
          ? calls.handle(request, session.handle(message))
          : session.handle(message);
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
