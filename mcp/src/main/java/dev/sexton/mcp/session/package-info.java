/** What an agent starts: processes and containers, each an instance of its own. */
package dev.sexton.mcp.session;
