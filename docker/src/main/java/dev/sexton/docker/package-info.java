/**
 * Containers, networks and volumes over the Docker Engine API. Its one class is found with {@link
 * java.util.ServiceLoader}: to have this module on the path is enough.
 */
@NullMarked
package dev.sexton.docker;

import org.jspecify.annotations.NullMarked;
