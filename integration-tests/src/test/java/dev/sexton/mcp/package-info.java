/// `sexton mcp`: the server with its official clients, with hostile ones, and for hours.
@NullMarked
package dev.sexton.mcp;

import org.jspecify.annotations.NullMarked;
