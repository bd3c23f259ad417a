package dev.sexton.mcp.transport;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/** One client over HTTP: a session of the protocol. Safe for use by several threads. */
final class HttpClientSession {
  private final McpStreamableServerSession session;
  private final Consumer<String> gone;
  private final Calls calls = new Calls();
  private volatile long lastSeen = System.nanoTime();
  private volatile boolean ended;

  /**
   * Of the SDK's session.
   *
   * @param gone given its id when it is over, and after each call that was still going on then
   */
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

  /** Says that the client was there just now. */
  void touch() {
    lastSeen = System.nanoTime();
  }

  /** Whether the client has neither asked nor listened for so long. */
  boolean isIdle(Duration limit) {
    return !session.hasOpenStream() && System.nanoTime() - lastSeen > limit.toNanos();
  }

  /** Has a request handled, and its answer sent to that stream. */
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
                gone.accept(id()); // What the call has started meanwhile.
              }
            })
            .subscribe(done -> {}, failed -> answer.close());
  }

  /** Sends to a stream what the client is told unasked. */
  void listen(EventStream events) {
    var stream = session.listeningStream(events);
    events.onEnd(() -> {
      touch();
      stream.releaseTransport();
    });
    events.ping(); // So that the client sees at once that it is heard.
  }

  /** Ends it: no call goes on, and its streams are closed. */
  Mono<Void> end() {
    return Mono.defer(() -> {
      ended = true;
      calls.cancelAll();
      gone.accept(id());
      return session.closeGracefully().onErrorComplete();
    });
  }
}
