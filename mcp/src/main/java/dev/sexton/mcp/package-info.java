/// The command `sexton mcp`: an MCP server that starts and stops sessions for an agent. Begin with
/// [dev.sexton.mcp.SextonMcpServer].
package dev.sexton.mcp;
