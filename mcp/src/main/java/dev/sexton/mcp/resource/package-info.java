/// Resources that a client can read without a tool call and whose changes it can subscribe to.
package dev.sexton.mcp.resource;
