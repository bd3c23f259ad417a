/// Registers a server of `sexton run` that needs more than the launcher's shell.
/// [ServerRegistration][dev.sexton.internal.run.ServerRegistration] writes the record,
/// [RunReply][dev.sexton.internal.run.RunReply] is what the launcher then carries out.
@NullMarked
package dev.sexton.internal.run;

import org.jspecify.annotations.NullMarked;
