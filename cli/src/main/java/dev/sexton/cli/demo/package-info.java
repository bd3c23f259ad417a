/// The command `demo`.
@org.jspecify.annotations.NullMarked
package dev.sexton.cli.demo;
