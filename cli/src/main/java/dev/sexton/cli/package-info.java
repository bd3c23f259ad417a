/// The `sexton` command. Each command is a class that parses, calls the library and prints.
@NullMarked
package dev.sexton.cli;

import org.jspecify.annotations.NullMarked;
