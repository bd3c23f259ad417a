/// Finds the clusters that `SEXTON_KUBERNETES` names, and the credentials for them, as kubectl
/// does.
@NullMarked
package dev.sexton.kubernetes.internal.config;

import org.jspecify.annotations.NullMarked;
