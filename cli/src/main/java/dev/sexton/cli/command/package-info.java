/// The commands that list, sweep and stop instances, and what every command declares.
@org.jspecify.annotations.NullMarked
package dev.sexton.cli.command;
