/** The tools, one class each: schema, and what a call does. */
package dev.sexton.mcp.tool;
