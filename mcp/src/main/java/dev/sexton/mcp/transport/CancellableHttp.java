package dev.sexton.mcp.transport;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// The clients of a server over streamable HTTP. Their calls can be cancelled, and a listener is
/// told when they end. Thread-safe.
public final class CancellableHttp implements McpStreamableServerTransportProvider {
  private static final TypeRef<InitializeRequest> INITIALIZE = new TypeRef<>() {};

  private final McpJsonMapper json;
  private final HttpLimits limits;
  private final Consumer<String> gone;
  private final Map<String, HttpClientSession> clients = new LinkedHashMap<>();
  private McpStreamableServerSession.@Nullable Factory factory;
  private boolean closed;

  /// Creates a transport without clients.
  ///
  /// @param gone called with the ID of a client that has ended its session or has not been heard of
  ///   for too long; at least once per client
  public CancellableHttp(McpJsonMapper json, HttpLimits limits, Consumer<String> gone) {
    this.json = json;
    this.limits = limits;
    this.gone = gone;
  }

  McpJsonMapper json() {
    return json;
  }

  HttpLimits limits() {
    return limits;
  }

  @Override
  public void setSessionFactory(McpStreamableServerSession.Factory sessionFactory) {
    synchronized (clients) {
      factory = sessionFactory;
    }
  }

  /// A new client and the answer to it.
  record Welcome(HttpClientSession client, JSONRPCResponse answer) {}

  /// Adds a client.
  Welcome initialize(JSONRPCRequest request) throws HttpFailure {
    InitializeRequest asked = read(request);
    McpStreamableServerSession.McpStreamableServerSessionInit begun;
    HttpClientSession client;
    synchronized (clients) {
      if (factory == null || closed) {
        throw HttpFailure.of(
            HttpStatus.SERVICE_UNAVAILABLE_503, "this server is not running", "try again later");
      }
      if (clients.size() >= limits.maxClients()) {
        throw HttpFailure.of(
            HttpStatus.SERVICE_UNAVAILABLE_503,
            clients.size() + " clients are already connected",
            "end a session with DELETE, or wait until one is idle for "
                + limits.clientIdle().toSeconds()
                + " s (an operator can change both with --max-clients and --client-idle)");
      }
      begun = factory.startSession(asked);
      client = new HttpClientSession(begun.session(), gone);
      clients.put(client.id(), client);
    }
    return new Welcome(client, JSONRPCResponse.result(request.id(), begun.initResult().block()));
  }

  private InitializeRequest read(JSONRPCRequest request) throws HttpFailure {
    try {
      InitializeRequest asked = json.convertValue(request.params(), INITIALIZE);
      if (asked != null
          && !asked.protocolVersion().isEmpty()) { // The SDK fills in what is missing.
        return asked;
      }
    } catch (IllegalArgumentException wrong) {
      // Reported below.
    }
    throw new HttpFailure(
        HttpStatus.BAD_REQUEST_400,
        McpSchema.ErrorCodes.INVALID_PARAMS,
        "initialize has wrong parameters: give protocolVersion, capabilities and clientInfo");
  }

  /// Returns the client with this ID and records that it was active now.
  HttpClientSession client(@Nullable String id) throws HttpFailure {
    if (id == null || id.isBlank()) {
      throw HttpFailure.of(
          HttpStatus.BAD_REQUEST_400,
          "the header Mcp-Session-Id is missing",
          "send initialize first, and then the ID from its response");
    }
    HttpClientSession client;
    synchronized (clients) {
      client = clients.get(id);
    }
    if (client == null) {
      throw HttpFailure.of(
          HttpStatus.NOT_FOUND_404,
          "unknown client session",
          "it has ended or was idle for too long (--client-idle): send initialize again");
    }
    client.touch();
    return client;
  }

  /// Ends the session of a client.
  void end(HttpClientSession client) {
    boolean known;
    synchronized (clients) {
      known = clients.remove(client.id(), client);
    }
    if (known) {
      client.end().block();
    }
  }

  /// Ends the sessions of clients that have not been heard of for too long.
  void endIdle() {
    for (HttpClientSession client : all()) {
      if (client.isIdle(limits.clientIdle())) {
        end(client);
      }
    }
  }

  private List<HttpClientSession> all() {
    synchronized (clients) {
      return List.copyOf(clients.values());
    }
  }

  @Override
  public Mono<Void> notifyClients(String method, Object params) {
    // To each client separately, because one may read slowly or not listen at all.
    return Mono.fromRunnable(() -> all().forEach(client -> tell(client, method, params)));
  }

  @Override
  public Mono<Void> notifyClient(String id, String method, Object params) {
    return Mono.fromRunnable(() ->
        all().stream()
            .filter(client -> client.id().equals(id))
            .forEach(client -> tell(client, method, params)));
  }

  private static void tell(HttpClientSession client, String method, Object params) {
    if (client.session().hasListeningStream()) {
      Thread.ofVirtual()
          .name("http-notify")
          .start(() -> client.session().sendNotification(method, params).onErrorComplete().block());
    }
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(() -> {
      synchronized (clients) {
        closed = true;
      }
      all().forEach(this::end);
    });
  }

  @Override
  public List<String> protocolVersions() {
    return EventStream.VERSIONS;
  }
}
