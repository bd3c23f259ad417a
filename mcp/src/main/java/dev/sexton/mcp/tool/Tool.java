package dev.sexton.mcp.tool;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.Map;

/** One tool. Safe for use by several threads. */
public interface Tool {
  /**
   * What a call has brought.
   *
   * @param text for a reader
   * @param structured by the tool's output schema
   */
  record Result(String text, Map<String, Object> structured) {}

  /** Name, description, schemas and hints. */
  McpSchema.Tool definition();

  /** Carries a call out, on a thread that may wait. */
  Result call(Call call) throws RefusalException;
}
