/** The commands that stay or stop what lives: {@code sexton watch} and {@code sexton stop}. */
@org.jspecify.annotations.NullMarked
package dev.sexton.watch;
