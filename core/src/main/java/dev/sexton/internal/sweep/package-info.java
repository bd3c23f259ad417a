/// One sweep, in six stages: observe → judge → plan → stop → verify → record. Start reading at
/// [Sweep][dev.sexton.internal.sweep.Sweep].
@NullMarked
package dev.sexton.internal.sweep;

import org.jspecify.annotations.NullMarked;
