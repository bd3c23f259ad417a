/// Launching, and the sentinel that outlives its owner, with real processes killed at any moment.
@NullMarked
package dev.sexton.launch;

import org.jspecify.annotations.NullMarked;
