/// The tools, one class each, with their schemas and the code of a call.
package dev.sexton.mcp.tool;
