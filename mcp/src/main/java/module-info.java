/// The MCP server, which runs sessions for agents.
@org.jspecify.annotations.NullMarked
module dev.sexton.mcp {
  requires dev.sexton;
  requires dev.sexton.cli;
  requires dev.sexton.docker;
  requires dev.sexton.kubernetes;
  requires io.modelcontextprotocol.sdk.mcp.core;
  requires java.net.http;
  requires org.apache.commons.cli;
  requires org.eclipse.jetty.http;
  requires org.eclipse.jetty.io;
  requires org.eclipse.jetty.server;
  requires org.eclipse.jetty.util;
  requires org.slf4j;
  requires reactor.core;
  requires static transitive org.jspecify;

  provides dev.sexton.cli.command.Command with
      dev.sexton.mcp.McpCommand;
}
