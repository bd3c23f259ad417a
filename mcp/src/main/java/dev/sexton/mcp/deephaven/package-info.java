/** How a Deephaven server is started, and how its key is kept to those who asked for it. */
package dev.sexton.mcp.deephaven;
