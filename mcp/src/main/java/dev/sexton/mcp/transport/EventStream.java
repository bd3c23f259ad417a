package dev.sexton.mcp.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import io.modelcontextprotocol.spec.ProtocolVersions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;
import reactor.core.publisher.Mono;

/// An answer that is a stream of events, each a message. Events have no IDs, since nothing is kept
/// that could be sent again. Thread-safe.
final class EventStream implements McpStreamableServerTransport {
  /// The versions of the protocol that have such streams and that this server supports over HTTP.
  static final List<String> VERSIONS =
      List.of(
          ProtocolVersions.MCP_2025_03_26,
          ProtocolVersions.MCP_2025_06_18,
          ProtocolVersions.MCP_2025_11_25);

  private final McpJsonMapper json;
  private final Response response;
  private final Callback callback;
  private final Predicate<JSONRPCMessage> unwanted;
  private final Set<EventStream> open;

  /// A virtual thread that waits for a slow reader must not pin its carrier.
  private final ReentrantLock writing = new ReentrantLock();

  private Runnable ended = () -> {};
  private boolean closed;

  /// Creates a stream and sends nothing yet.
  ///
  /// @param callback told when it is over
  /// @param unwanted selects the messages that nobody waits for any more
  /// @param open all open streams, including this one until it is over
  EventStream(
      McpJsonMapper json,
      Response response,
      Callback callback,
      Predicate<JSONRPCMessage> unwanted,
      Set<EventStream> open) {
    this.json = json;
    this.response = response;
    this.callback = callback;
    this.unwanted = unwanted;
    this.open = open;
    open.add(this);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
  }

  /// Sets the action to run when it ends for any reason. Must be called before anything is sent.
  void onEnd(Runnable action) {
    ended = action;
  }

  /// Sends a comment, by which each end can notice that the other is still there.
  void ping() {
    if (writing.tryLock()) { // Otherwise another message is being sent.
      try {
        write(":\n\n");
      } catch (IOException gone) {
        return; // It is closed now.
      } finally {
        writing.unlock();
      }
    }
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return Mono.fromRunnable(() -> {
      if (!unwanted.test(message)) {
        try {
          write("event: message\ndata: " + json.writeValueAsString(message) + "\n\n");
        } catch (IOException gone) {
          throw new UncheckedIOException(gone);
        }
      }
    });
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message, String id) {
    return sendMessage(message);
  }

  private void write(String text) throws IOException {
    writing.lock();
    try {
      if (closed) {
        return;
      }
      try (Blocker.Callback written = Blocker.callback()) {
        response.write(false, ByteBuffer.wrap(text.getBytes(UTF_8)), written);
        written.block();
        return;
      } catch (IOException gone) {
        closed = true;
        callback.failed(gone);
        over();
        throw gone;
      }
    } finally {
      writing.unlock();
    }
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return json.convertValue(data, type);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(this::close);
  }

  @Override
  public void close() {
    writing.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
    } finally {
      writing.unlock();
    }
    callback.succeeded();
    over();
  }

  private void over() {
    open.remove(this);
    ended.run();
  }

  @Override
  public List<String> protocolVersions() {
    return VERSIONS;
  }
}
