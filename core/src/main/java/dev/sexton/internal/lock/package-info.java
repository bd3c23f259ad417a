/// The two locks of an instance. Its owner holds byte 0 for as long as it lives, and a sweeper
/// holds byte 1 while it cleans up. [dev.sexton.internal.lock.InstanceLocks] is the port.
/// [dev.sexton.internal.lock.FileInstanceLocks] uses the kernel's record locks.
@NullMarked
package dev.sexton.internal.lock;

import org.jspecify.annotations.NullMarked;
