/// Servers and clients on the MCP Java SDK, each in its own process.
@org.jspecify.annotations.NullMarked
package dev.sexton.mcpsdk;
