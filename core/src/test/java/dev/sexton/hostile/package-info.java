/** Sweeps beside files, records and processes that mean ill. */
@NullMarked
package dev.sexton.hostile;

import org.jspecify.annotations.NullMarked;
