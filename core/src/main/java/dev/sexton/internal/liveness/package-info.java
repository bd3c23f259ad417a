/// Determines whether the owner of an instance is alive.
/// [dev.sexton.internal.liveness.EvidenceCollector] collects the
/// [dev.sexton.internal.liveness.Evidence], and [dev.sexton.internal.liveness.LivenessRules] judges
/// it.
@NullMarked
package dev.sexton.internal.liveness;

import org.jspecify.annotations.NullMarked;
