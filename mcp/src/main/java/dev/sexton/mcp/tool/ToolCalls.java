package dev.sexton.mcp.tool;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Calls tools on threads that may block, with a limit on concurrent calls. Thread-safe.
public final class ToolCalls {
  private static final Logger LOG = LoggerFactory.getLogger(ToolCalls.class);

  /// The limit on concurrent calls. The SDK stops reading when 256 messages of a client are being
  /// handled, and must still read the message that cancels a call.
  private static final int AT_ONCE = 200;

  private final Semaphore free = new Semaphore(AT_ONCE);
  private final Scheduler threads =
      Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor());

  /// Returns the function that the SDK calls for a tool.
  public BiFunction<McpAsyncServerExchange, CallToolRequest, Mono<CallToolResult>> handler(
      Tool tool) {
    return (exchange, request) ->
        Mono.defer(() -> {
          if (!free.tryAcquire()) {
            return Mono.just(
                error(AT_ONCE + " calls are in progress: wait for one to end, or cancel one"));
          }
          Call call = Call.of(exchange, request);
          return Mono.fromCallable(() -> call(tool, call))
              .subscribeOn(threads)
              .doFinally(end -> free.release());
        });
  }

  private static CallToolResult call(Tool tool, Call call) {
    try {
      Tool.Result result = tool.call(call);
      return CallToolResult.builder()
          .addTextContent(result.text())
          .structuredContent(result.structured())
          .isError(false)
          .build();
    } catch (RefusalException refused) {
      return error(String.valueOf(refused.getMessage()));
    } catch (RuntimeException unexpected) {
      LOG.error("a call of a tool failed", unexpected);
      return error("an unexpected error: " + unexpected + ": report it with the output on stderr");
    }
  }

  private static CallToolResult error(String message) {
    return CallToolResult.builder().addTextContent(message).isError(true).build();
  }
}
