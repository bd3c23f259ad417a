/// The `sexton` command. [dev.sexton.cli.Main] finds the command in [dev.sexton.cli.Commands],
/// parses its options and runs it.
@NullMarked
package dev.sexton.cli;

import org.jspecify.annotations.NullMarked;
