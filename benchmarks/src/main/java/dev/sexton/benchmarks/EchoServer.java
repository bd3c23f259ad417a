package dev.sexton.benchmarks;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.Map;

/// A server with the plain SDK and one tool that does nothing. It shows the minimum cost of a call.
final class EchoServer {
  private EchoServer() {}

  public static void main(String[] args) throws InterruptedException {
    Map<String, Object> anything = Map.of("type", "object");
    McpSyncServer _ =
        McpServer.sync(new StdioServerTransportProvider(McpJsonDefaults.getMapper()))
            .serverInfo("echo", "0")
            .toolCall(
                Tool.builder("echo", anything).build(),
                (exchange, request) ->
                    CallToolResult.builder()
                        .addTextContent("echo")
                        .structuredContent(Map.of("arguments", request.arguments()))
                        .build())
            .build();
    Thread.sleep(Long.MAX_VALUE);
  }
}
