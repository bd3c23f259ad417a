/// Discovers this machine's container engines in the same way as the `docker` command.
@NullMarked
package dev.sexton.docker.internal.discovery;

import org.jspecify.annotations.NullMarked;
