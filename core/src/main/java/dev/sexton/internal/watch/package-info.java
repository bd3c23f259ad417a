/**
 * Sweeping the moment an owner dies. {@link dev.sexton.internal.watch.Watcher} is the loop; it
 * learns of deaths through {@link dev.sexton.internal.watch.DeathWatch}.
 */
@NullMarked
package dev.sexton.internal.watch;

import org.jspecify.annotations.NullMarked;
