/**
 * Processes: who they are, what the table says of them, and signals that reach nobody else. {@link
 * dev.sexton.internal.process.ProcessTable} is the port; {@link
 * dev.sexton.internal.process.LinuxProcessTable} reads {@code /proc}, {@link
 * dev.sexton.internal.process.PortableProcessTable} asks the JDK.
 */
@NullMarked
package dev.sexton.internal.process;

import org.jspecify.annotations.NullMarked;
