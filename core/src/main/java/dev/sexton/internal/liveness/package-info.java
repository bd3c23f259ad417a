/**
 * Whether the owner of an instance lives. {@link dev.sexton.internal.liveness.EvidenceCollector}
 * gathers the {@link dev.sexton.internal.liveness.Evidence}, {@link
 * dev.sexton.internal.liveness.LivenessRules} judges it.
 */
@NullMarked
package dev.sexton.internal.liveness;

import org.jspecify.annotations.NullMarked;
