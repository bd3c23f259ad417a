/// Processes: their identity, the process table, and signals that reach no other process.
/// [dev.sexton.internal.process.ProcessTable] is the port.
/// [dev.sexton.internal.process.LinuxProcessTable] reads `/proc`, and
/// [dev.sexton.internal.process.PortableProcessTable] uses the JDK.
@NullMarked
package dev.sexton.internal.process;

import org.jspecify.annotations.NullMarked;
