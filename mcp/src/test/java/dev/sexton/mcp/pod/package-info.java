@NullMarked
package dev.sexton.mcp.pod;

import org.jspecify.annotations.NullMarked;
