/// Sweeps of what dead servers left in a real Kubernetes.
@NullMarked
package dev.sexton.cluster;

import org.jspecify.annotations.NullMarked;
