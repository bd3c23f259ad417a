/// What a command hands back: results as text, tables and JSON, messages and exit codes.
@org.jspecify.annotations.NullMarked
package dev.sexton.cli.output;
