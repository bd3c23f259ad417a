/// The commands that start and watch servers: `run`, `watch` and `reap`.
@org.jspecify.annotations.NullMarked
package dev.sexton.cli.run;
