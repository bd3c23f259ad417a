package dev.sexton.mcp.transport;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The calls of one client that are going on, so that it can take them back: the SDK knows no {@code
 * notifications/cancelled}. Safe for use by several threads.
 */
final class Calls {
  private static final String CANCELLED = "notifications/cancelled";

  private final Map<Object, Cancellation> going = new ConcurrentHashMap<>();

  /** Those whose answer is not wanted any more. */
  private final Set<Object> takenBack = ConcurrentHashMap.newKeySet();

  /** Has a request handled so that it can be cancelled meanwhile. */
  Mono<Void> handle(JSONRPCRequest request, Mono<Void> handling) {
    if (!request.method().equals(McpSchema.METHOD_TOOLS_CALL)) {
      return handling;
    }
    return Mono.defer(() -> {
      Cancellation cancellation = new Cancellation();
      going.put(request.id(), cancellation);
      return handling
          .contextWrite(context ->
              context.put(
                  McpTransportContext.KEY,
                  McpTransportContext.create(Map.of(Cancellation.KEY, cancellation))))
          .doFinally(end -> {
            going.remove(request.id(), cancellation);
            takenBack.remove(request.id());
          });
    });
  }

  /** Whether this is a call that is taken back; then it is done with. */
  boolean isCancelling(JSONRPCNotification notification) {
    if (!notification.method().equals(CANCELLED)) {
      return false;
    }
    Object id = notification.params() instanceof Map<?, ?> params ? params.get("requestId") : null;
    Cancellation cancellation = id == null ? null : going.get(id);
    if (id != null && cancellation != null) {
      takenBack.add(id);
      cancellation.cancel();
    }
    return true; // What is unknown may have been answered just now.
  }

  /** Whether nobody waits for this message. */
  boolean isUnwanted(@Nullable JSONRPCMessage message) {
    return message instanceof JSONRPCResponse response
        && response.id() != null
        && takenBack.contains(response.id());
  }

  /** Takes back all of them, for the client is gone. */
  void cancelAll() {
    going.values().forEach(Cancellation::cancel);
  }

  /** Whether one is going on. */
  boolean isBusy() {
    return !going.isEmpty();
  }
}
