/// Starts processes so that they cannot be lost, and the sentinel, which outlives their owner.
@NullMarked
package dev.sexton.internal.launch;

import org.jspecify.annotations.NullMarked;
