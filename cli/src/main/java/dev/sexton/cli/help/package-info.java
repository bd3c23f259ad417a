/// The texts made from what the commands declare: help, completion scripts and manual page.
@org.jspecify.annotations.NullMarked
package dev.sexton.cli.help;
