/// Pods, jobs and other objects of Kubernetes. For a sweep, it is enough to have this module on the
/// path and to name namespaces in `SEXTON_KUBERNETES`:
/// [dev.sexton.kubernetes.KubernetesProviderFactory] is found with [java.util.ServiceLoader].
/// [dev.sexton.kubernetes.ClusterNamespace] creates objects that are deleted when their owner
/// process dies. [dev.sexton.kubernetes.ClusterSession] follows a pod or job to its end.
@NullMarked
package dev.sexton.kubernetes;

import org.jspecify.annotations.NullMarked;
