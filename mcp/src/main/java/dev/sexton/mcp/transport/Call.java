package dev.sexton.mcp.transport;

import dev.sexton.mcp.RefusalException;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A call of a tool, from the view of the client that waits for it. Not thread-safe.
public final class Call {
  /// How often the waiting client is told that work is still going on.
  private static final long BETWEEN_PROGRESS_NANOS = 1_000_000_000;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

  private static final Duration ANSWER = Duration.ofMinutes(5);

  private final McpAsyncServerExchange exchange;
  private final CallToolRequest request;
  private final Cancellation cancellation;
  private final long begun = System.nanoTime();
  private double told;
  private long toldAt = begun;

  /// Returns the call that was passed to a tool.
  public static Call of(McpAsyncServerExchange exchange, CallToolRequest request) {
    Object given = exchange.transportContext().get(Cancellation.KEY);
    return new Call(
        exchange, request, given instanceof Cancellation known ? known : new Cancellation());
  }

  private Call(
      McpAsyncServerExchange exchange, CallToolRequest request, Cancellation cancellation) {
    this.exchange = exchange;
    this.request = request;
    this.cancellation = cancellation;
  }

  /// Returns the arguments, which have been checked against the tool's schema.
  public Map<String, Object> arguments() {
    Map<String, Object> arguments = request.arguments();
    return arguments == null ? Map.of() : arguments;
  }

  /// Returns the ID of the client session that it belongs to.
  public String client() {
    String id = exchange.sessionId();
    return id == null ? "" : id;
  }

  /// Returns the state of its cancellation by the client.
  public Cancellation cancellation() {
    return cancellation;
  }

  /// Waits like the other overload, for a check as cheap as `CompletableFuture.isDone`.
  public boolean await(BooleanSupplier done, Duration limit, Supplier<String> message)
      throws RefusalException {
    return await(done, BETWEEN_LOOKS, limit, message);
  }

  /// Waits for a condition, sends the client a message every second, and gives up if the call is
  /// cancelled.
  ///
  /// @return whether the condition came true in time
  /// @throws RefusalException if the call was cancelled
  public boolean await(
      BooleanSupplier condition, Duration between, Duration limit, Supplier<String> message)
      throws RefusalException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      sleep(Math.min(left, between.toNanos()));
      if (System.nanoTime() - toldAt >= BETWEEN_PROGRESS_NANOS) {
        progress(message.get());
      }
    }
    return true;
  }

  private void sleep(long nanos) throws RefusalException {
    try {
      if (cancellation.await(nanos)) {
        throw new RefusalException("the call was cancelled", "call again");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new RefusalException("the server is shutting down", "start it again");
    }
  }

  /// Tells the client that work is going on, if it asked for progress.
  public void progress(String message) {
    toldAt = System.nanoTime();
    Object token = token();
    if (token != null && !cancellation.isCancelled()) {
      told = Math.max(Math.nextUp(told), (toldAt - begun) / 1e9);
      exchange
          .progressNotification(ProgressNotification.builder(token, told).message(message).build())
          .onErrorComplete()
          .block();
    }
  }

  private @Nullable Object token() {
    Map<String, Object> meta = request.meta();
    return meta == null ? null : meta.get("progressToken");
  }

  /// Returns whether the client can ask a person.
  public boolean canAsk() {
    var capabilities = exchange.getClientCapabilities();
    return capabilities != null && capabilities.elicitation() != null;
  }

  /// Asks the person who uses the client to agree.
  public boolean ask(String question) {
    ElicitRequest asked =
        ElicitFormRequest.builder(question, Map.of("type", "object", "properties", Map.of()))
            .build();
    ElicitResult answer = exchange.createElicitation(asked).block(ANSWER);
    return answer != null && answer.action() == ElicitResult.Action.ACCEPT;
  }
}
