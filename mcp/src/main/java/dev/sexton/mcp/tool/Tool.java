package dev.sexton.mcp.tool;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.Map;

/// A tool. Thread-safe.
public interface Tool {
  /// The result of a call.
  ///
  /// @param text for a reader
  /// @param structured conforms to the tool's output schema
  record Result(String text, Map<String, Object> structured) {}

  /// Returns the name, description, schemas and hints.
  McpSchema.Tool definition();

  /// Carries out a call, on a thread that may block.
  Result call(Call call) throws RefusalException;
}
