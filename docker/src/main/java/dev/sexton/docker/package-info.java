/** Containers, networks and volumes over the Docker Engine API. */
@NullMarked
package dev.sexton.docker;

import org.jspecify.annotations.NullMarked;
