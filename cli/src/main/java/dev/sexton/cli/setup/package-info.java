/// The command `setup`: changes the configurations of MCP clients so that their servers go through
/// `sexton run`. Files are changed by [dev.sexton.cli.setup.Edit]s of single values, so comments,
/// order and layout stay.
@org.jspecify.annotations.NullMarked
package dev.sexton.cli.setup;
