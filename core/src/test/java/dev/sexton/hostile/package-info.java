/// Tests of sweeps beside hostile files, records and processes.
@NullMarked
package dev.sexton.hostile;

import org.jspecify.annotations.NullMarked;
