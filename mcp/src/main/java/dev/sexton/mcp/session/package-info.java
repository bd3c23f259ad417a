/// The processes and containers that an agent starts, each an instance of its own.
package dev.sexton.mcp.session;
