/**
 * Containers, networks and volumes over the Docker Engine API. For a sweep, to have this module on
 * the path is enough: {@link dev.sexton.docker.DockerProviderFactory} is found with {@link
 * java.util.ServiceLoader}. {@link dev.sexton.docker.ContainerEngine} starts and follows
 * containers; give them the labels of {@code InstanceTracker.containerLabels()}, and they go when
 * their owner does.
 */
@NullMarked
package dev.sexton.docker;

import org.jspecify.annotations.NullMarked;
