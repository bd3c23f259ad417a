/** How messages come and go: stdio, HTTP, and the cancelling of calls, which the SDK leaves out. */
package dev.sexton.mcp.transport;
