/** The MCP server: sessions for agents. */
@org.jspecify.annotations.NullMarked
module dev.sexton.mcp {
  requires dev.sexton;
  requires dev.sexton.cli;
  requires dev.sexton.docker;
  requires com.google.gson;
  requires io.modelcontextprotocol.sdk.mcp.core;
  requires jakarta.servlet;
  requires java.net.http;
  requires org.apache.commons.cli;
  requires org.eclipse.jetty.ee11.servlet;
  requires org.eclipse.jetty.server;
  requires org.slf4j;
  requires reactor.core;
  requires static transitive org.jspecify;

  provides dev.sexton.cli.Command with
      dev.sexton.mcp.McpCommand;
}
