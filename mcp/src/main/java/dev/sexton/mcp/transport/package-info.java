/// The transports stdio and HTTP, and the cancellation of calls, which the SDK does not support.
package dev.sexton.mcp.transport;
