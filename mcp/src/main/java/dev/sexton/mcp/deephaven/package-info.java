/// Starts Deephaven servers and discloses their keys only to the clients that asked for them.
package dev.sexton.mcp.deephaven;
