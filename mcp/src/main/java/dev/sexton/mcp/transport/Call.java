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

/** One call of a tool, as far as it concerns the client that waits for it. For one thread. */
public final class Call {
  /** How often who waits is told that something is still going on. */
  private static final long BETWEEN_PROGRESS_NANOS = 1_000_000_000;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

  private static final Duration ANSWER = Duration.ofMinutes(5);

  private final McpAsyncServerExchange exchange;
  private final CallToolRequest request;
  private final Cancellation cancellation;
  private final long begun = System.nanoTime();
  private double told;
  private long toldAt = begun;

  /** The call that a tool was given. */
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

  /** What was given; checked against the tool's schema already. */
  public Map<String, Object> arguments() {
    Map<String, Object> arguments = request.arguments();
    return arguments == null ? Map.of() : arguments;
  }

  /** Which client's session it belongs to. */
  public String client() {
    String id = exchange.sessionId();
    return id == null ? "" : id;
  }

  /** Whether the client has taken it back. */
  public Cancellation cancellation() {
    return cancellation;
  }

  /**
   * Waits like the other one for what is as cheap to look at as {@code CompletableFuture.isDone}.
   */
  public boolean await(BooleanSupplier done, Duration limit, Supplier<String> message)
      throws RefusalException {
    return await(done, BETWEEN_LOOKS, limit, message);
  }

  /**
   * Waits for a condition, tells the client about it every second, and gives up if the call is
   * taken back.
   *
   * @return whether it came true in time
   * @throws RefusalException if the call was cancelled
   */
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

  /** Tells the client that something is going on, if it wants to know. */
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

  /** Whether the client can ask a person. */
  public boolean canAsk() {
    var capabilities = exchange.getClientCapabilities();
    return capabilities != null && capabilities.elicitation() != null;
  }

  /** Asks the person in front of the client to agree. */
  public boolean ask(String question) {
    ElicitRequest asked =
        ElicitFormRequest.builder(question, Map.of("type", "object", "properties", Map.of()))
            .build();
    ElicitResult answer = exchange.createElicitation(asked).block(ANSWER);
    return answer != null && answer.action() == ElicitResult.Action.ACCEPT;
  }
}
