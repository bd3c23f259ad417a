/// Containers, networks and volumes over the Docker Engine API. For a sweep, it is enough to have
/// this module on the path: [dev.sexton.docker.DockerProviderFactory] is found with
/// [java.util.ServiceLoader]. [dev.sexton.docker.ContainerEngine] starts and follows containers.
/// Give them the labels of `InstanceTracker.containerLabels()`, and they are removed when their
/// owner process dies.
@NullMarked
package dev.sexton.docker;

import org.jspecify.annotations.NullMarked;
