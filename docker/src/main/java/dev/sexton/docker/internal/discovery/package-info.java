/** Which container engines this machine has, found as the {@code docker} command finds them. */
@NullMarked
package dev.sexton.docker.internal.discovery;

import org.jspecify.annotations.NullMarked;
