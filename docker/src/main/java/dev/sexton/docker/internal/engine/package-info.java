/// The calls of the Docker Engine API that find, stop and remove labelled resources.
@NullMarked
package dev.sexton.docker.internal.engine;

import org.jspecify.annotations.NullMarked;
