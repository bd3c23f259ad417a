package dev.sexton.mcp;

import dev.sexton.mcp.resource.Resources;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.tool.DeephavenCreateTool;
import dev.sexton.mcp.tool.DeephavenDeleteTool;
import dev.sexton.mcp.tool.HistoryTool;
import dev.sexton.mcp.tool.MachineReports;
import dev.sexton.mcp.tool.OrphansListTool;
import dev.sexton.mcp.tool.OrphansSweepTool;
import dev.sexton.mcp.tool.SessionInfoTool;
import dev.sexton.mcp.tool.SessionInputTool;
import dev.sexton.mcp.tool.SessionListTool;
import dev.sexton.mcp.tool.SessionOutputTool;
import dev.sexton.mcp.tool.SessionStartTool;
import dev.sexton.mcp.tool.SessionStopTool;
import dev.sexton.mcp.tool.SessionWaitTool;
import dev.sexton.mcp.tool.Tool;
import dev.sexton.mcp.tool.ToolCalls;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import java.util.List;

/// The MCP server, assembled from its tools, resources and prompts.
public final class SextonMcpServer {
  private static final String INSTRUCTIONS =
      """
      Starts programs and containers in the background and manages them: start one with \
      session_start, read its output with session_output, stop it with session_stop. When this \
      server ends, everything started here is stopped. orphans_list and orphans_sweep find and stop \
      the leftovers of other servers that were killed. history shows what was stopped.\
      """;

  private final Sessions sessions;
  private final MachineReports machine;
  private final String version;

  /// Creates a server for these sessions, with reports about this machine.
  public SextonMcpServer(Sessions sessions, MachineReports machine, String version) {
    this.sessions = sessions;
    this.machine = machine;
    this.version = version;
  }

  /// Serves one client over its stdin and stdout.
  public McpAsyncServer serve(McpServerTransportProvider transport) {
    return build(McpServer.async(transport));
  }

  /// Serves any number of clients over HTTP.
  public McpAsyncServer serve(McpStreamableServerTransportProvider transport) {
    return build(McpServer.async(transport));
  }

  private McpAsyncServer build(McpServer.AsyncSpecification<?> specification) {
    ToolCalls calls = new ToolCalls();
    for (Tool tool : tools()) {
      specification.toolCall(tool.definition(), calls.handler(tool));
    }
    return specification
        .serverInfo("sexton", version)
        .instructions(INSTRUCTIONS)
        .resources(new Resources(machine).specifications())
        .prompts(Prompts.specifications())
        .capabilities(
            ServerCapabilities.builder().tools(false).resources(true, false).prompts(false).build())
        .build();
  }

  private List<Tool> tools() {
    return List.of(
        new SessionStartTool(sessions),
        new SessionListTool(sessions),
        new SessionInfoTool(sessions, machine),
        new SessionOutputTool(sessions),
        new SessionInputTool(sessions),
        new SessionWaitTool(sessions),
        new SessionStopTool(sessions),
        new DeephavenCreateTool(sessions, System.getenv()),
        new DeephavenDeleteTool(sessions),
        new OrphansListTool(machine),
        new OrphansSweepTool(machine),
        new HistoryTool(machine));
  }
}
