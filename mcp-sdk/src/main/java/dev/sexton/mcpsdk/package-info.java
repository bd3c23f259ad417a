/// A stdio transport for clients of the MCP Java SDK that leaves nothing behind.
@org.jspecify.annotations.NullMarked
package dev.sexton.mcpsdk;
