/** What a client can read without calling a tool, and be told of when it changes. */
package dev.sexton.mcp.resource;
