/// Adds to the MCP Java SDK what it lacks to leave nothing behind.
@org.jspecify.annotations.NullMarked
module dev.sexton.mcpsdk {
  requires transitive dev.sexton;
  requires transitive io.modelcontextprotocol.sdk.mcp.core;
  requires transitive reactor.core;
  requires static transitive org.jspecify;

  exports dev.sexton.mcpsdk;
}
