/** The {@code sexton} command: one class a command, each parses, calls the library and prints. */
@NullMarked
package dev.sexton.cli;

import org.jspecify.annotations.NullMarked;
