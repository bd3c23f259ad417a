/**
 * The state directory: records, locks and the journal. {@link
 * dev.sexton.internal.state.StateDirectory} is the port, {@link
 * dev.sexton.internal.state.FileStateDirectory} any file system's directory, {@link
 * dev.sexton.internal.state.StateDirectories} knows where they lie.
 */
@NullMarked
package dev.sexton.internal.state;

import org.jspecify.annotations.NullMarked;
