/** Servers and clients of the MCP Java SDK, each in a process of its own. */
@org.jspecify.annotations.NullMarked
package dev.sexton.mcpsdk;
