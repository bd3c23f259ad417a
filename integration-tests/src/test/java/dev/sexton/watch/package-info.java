/// Commands that keep running or stop running servers: `sexton watch` and `sexton stop`.
@org.jspecify.annotations.NullMarked
package dev.sexton.watch;
