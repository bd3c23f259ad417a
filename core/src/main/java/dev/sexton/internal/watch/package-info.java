/// Sweeps each instance the moment its owner dies. [WatchLoop][dev.sexton.internal.watch.WatchLoop]
/// is the loop. It learns of deaths through [DeathWatch][dev.sexton.internal.watch.DeathWatch].
@NullMarked
package dev.sexton.internal.watch;

import org.jspecify.annotations.NullMarked;
