/**
 * Nothing that a dead server started outlives it.
 *
 * <p>Two classes are all that a server needs: {@link dev.sexton.InstanceTracker} registers it and
 * tracks what it starts, {@link dev.sexton.Sweeper} cleans up after those that died.
 */
@NullMarked
package dev.sexton;

import org.jspecify.annotations.NullMarked;
