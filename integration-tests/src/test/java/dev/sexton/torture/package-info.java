/**
 * The torture table: a sweep on real processes, in every state and with every fault that we could
 * think of. {@link dev.sexton.torture.World} makes the processes, sees that nobody else is harmed,
 * and ends them.
 */
@NullMarked
package dev.sexton.torture;

import org.jspecify.annotations.NullMarked;
