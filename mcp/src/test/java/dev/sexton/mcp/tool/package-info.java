@NullMarked
package dev.sexton.mcp.tool;

import org.jspecify.annotations.NullMarked;
