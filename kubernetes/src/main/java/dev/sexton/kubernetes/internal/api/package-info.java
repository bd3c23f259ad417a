/// Finds and deletes objects through the API of Kubernetes.
@NullMarked
package dev.sexton.kubernetes.internal.api;

import org.jspecify.annotations.NullMarked;
