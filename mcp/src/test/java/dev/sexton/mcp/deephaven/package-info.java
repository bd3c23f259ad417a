@NullMarked
package dev.sexton.mcp.deephaven;

import org.jspecify.annotations.NullMarked;
