/**
 * The two locks of an instance: byte 0 is its owner's for as long as it lives, byte 1 a sweeper's
 * for as long as it cleans. {@link dev.sexton.internal.lock.InstanceLocks} is the port, {@link
 * dev.sexton.internal.lock.FileInstanceLocks} the kernel's record locks.
 */
@NullMarked
package dev.sexton.internal.lock;

import org.jspecify.annotations.NullMarked;
