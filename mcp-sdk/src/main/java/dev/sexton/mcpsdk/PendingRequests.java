package dev.sexton.mcpsdk;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The requests that a server has not answered. Thread-safe. Messages that are neither requests nor
/// responses are ignored.
final class PendingRequests {
  /// The code that the TypeScript SDK reports for a closed connection. JSON-RPC leaves it
  /// undefined.
  private static final int CONNECTION_CLOSED = -32000;

  private final Set<Object> ids = ConcurrentHashMap.newKeySet();

  /// Adds a request that is about to be sent.
  void add(JSONRPCMessage message) {
    if (message instanceof JSONRPCRequest request) {
      ids.add(request.id());
    }
  }

  /// Removes a request that was not sent.
  void remove(JSONRPCMessage message) {
    if (message instanceof JSONRPCRequest request) {
      ids.remove(request.id());
    }
  }

  /// Removes the request that a message answers.
  void answered(JSONRPCMessage message) {
    if (message instanceof JSONRPCResponse response && response.id() != null) {
      ids.remove(response.id());
    }
  }

  /// Answers all requests with an error. If two threads do this at once, each request is answered
  /// by one of them.
  ///
  /// @param reason why the server will not answer
  /// @param handler receives the answers
  void failAll(String reason, Consumer<JSONRPCResponse> handler) {
    JSONRPCResponse.JSONRPCError error =
        new JSONRPCResponse.JSONRPCError(CONNECTION_CLOSED, reason, null);
    List.copyOf(ids).stream()
        .filter(ids::remove)
        .forEach(id -> handler.accept(JSONRPCResponse.error(id, error)));
  }
}
