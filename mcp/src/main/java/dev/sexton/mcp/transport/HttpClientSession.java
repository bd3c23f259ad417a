package dev.sexton.mcp.transport;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/// A client over HTTP, which is a session of the protocol. Thread-safe.
final class HttpClientSession {
  private final McpStreamableServerSession session;
  private final Consumer<String> gone;
  private final Calls calls = new Calls();
  private volatile long lastSeen = System.nanoTime();
  private volatile boolean ended;

  /// Wraps the SDK's session.
  ///
  /// @param gone called with its ID when it ends, and after each call that was still running then
  HttpClientSession(McpStreamableServerSession session, Consumer<String> gone) {
    this.session = session;
    this.gone = gone;
  }

  String id() {
    return session.getId();
  }

  McpStreamableServerSession session() {
    return session;
  }

  Calls calls() {
    return calls;
  }

  /// Records that the client was active now.
  void touch() {
    lastSeen = System.nanoTime();
  }

  /// Returns whether the client has neither sent requests nor listened for this time.
  boolean isIdle(Duration limit) {
    return !session.hasOpenStream() && System.nanoTime() - lastSeen > limit.toNanos();
  }

  /// Handles a request and sends its answer to the stream.
  void handle(JSONRPCRequest request, EventStream answer) {
    var stream = session.responseStream(answer);
    answer.onEnd(() -> {
      touch();
      stream.releaseTransport();
    });
    var _ =
        calls
            .handle(request, stream.handle(request))
            .doFinally(end -> {
              if (ended) {
                gone.accept(id()); // For sessions that the call has started meanwhile.
              }
            })
            .subscribe(done -> {}, failed -> answer.close());
  }

  /// Sends messages that answer no request to this stream.
  void listen(EventStream events) {
    var stream = session.listeningStream(events);
    events.onEnd(() -> {
      touch();
      stream.releaseTransport();
    });
    events.ping(); // So that the client sees at once that it is connected.
  }

  /// Ends the session: cancels its calls and closes its streams.
  Mono<Void> end() {
    return Mono.defer(() -> {
      ended = true;
      calls.cancelAll();
      gone.accept(id());
      return session.closeGracefully().onErrorComplete();
    });
  }
}
