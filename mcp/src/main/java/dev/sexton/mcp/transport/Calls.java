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

/// The running calls of one client, so that the client can cancel them. The SDK does not support
/// `notifications/cancelled`. Thread-safe.
final class Calls {
  private static final String CANCELLED = "notifications/cancelled";

  private final Map<Object, Cancellation> going = new ConcurrentHashMap<>();

  /// The IDs of calls whose answer is no longer wanted.
  private final Set<Object> takenBack = ConcurrentHashMap.newKeySet();

  /// Handles a request so that it can be cancelled meanwhile.
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

  /// Returns whether the notification is a cancellation. If so, it needs no further handling.
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
    return true; // An unknown call may have been answered a moment ago.
  }

  /// Returns whether nobody waits for this message.
  boolean isUnwanted(@Nullable JSONRPCMessage message) {
    return message instanceof JSONRPCResponse response
        && response.id() != null
        && takenBack.contains(response.id());
  }

  /// Cancels all calls, because the client is gone.
  void cancelAll() {
    going.values().forEach(Cancellation::cancel);
  }

  /// Returns whether a call is running.
  boolean isBusy() {
    return !going.isEmpty();
  }
}
