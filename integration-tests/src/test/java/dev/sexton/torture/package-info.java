/// The torture table: sweeps on real processes, in every state and with every fault that we could
/// think of. [dev.sexton.torture.World] starts the processes, checks that no others are harmed, and
/// ends them.
@NullMarked
package dev.sexton.torture;

import org.jspecify.annotations.NullMarked;
