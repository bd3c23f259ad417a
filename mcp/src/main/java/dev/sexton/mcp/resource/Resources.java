package dev.sexton.mcp.resource;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.tool.MachineReports;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncResourceSpecification;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.Resource;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// The MCP resources. Thread-safe.
public final class Resources {
  /// All instances on this machine.
  public static final String INSTANCES = "sexton://instances";

  /// Everything stopped in the last 24 hours.
  public static final String HISTORY = "sexton://history";

  private static final Duration DAY = Duration.ofHours(24);

  private static final String JSON = "application/json";

  private final MachineReports machine;

  /// Creates resources that read these reports.
  public Resources(MachineReports machine) {
    this.machine = machine;
  }

  /// Returns all resources, for the SDK.
  public List<AsyncResourceSpecification> specifications() {
    return List.of(
        specification(
            INSTANCES,
            "instances",
            "Servers on this machine",
            "Every server that registers with Sexton: its state and what it holds; the output of"
                + " sexton list --json",
            () -> machine.list()),
        specification(
            HISTORY,
            "history",
            "What was stopped",
            "What sweeps have stopped in the last 24 hours; entries as in sexton history --json",
            () -> Map.of("stops", machine.history(DAY, ""))));
  }

  private static AsyncResourceSpecification specification(
      String uri, String name, String title, String description, Callable<Object> content) {
    Resource resource =
        Resource.builder(uri, name).title(title).description(description).mimeType(JSON).build();
    return new AsyncResourceSpecification(
        resource,
        (exchange, request) ->
            Mono.fromCallable(() -> read(uri, content)).subscribeOn(Schedulers.boundedElastic()));
  }

  private static ReadResourceResult read(String uri, Callable<Object> content) throws Exception {
    try {
      String json = McpJsonDefaults.getMapper().writeValueAsString(content.call());
      return ReadResourceResult.builder(
              List.of(TextResourceContents.builder(uri, json).mimeType(JSON).build()))
          .build();
    } catch (RefusalException | IOException failed) {
      throw McpError.builder(ErrorCodes.INTERNAL_ERROR)
          .message(String.valueOf(failed.getMessage()))
          .build();
    }
  }
}
