/// The state directory: records, locks and the journal. [dev.sexton.internal.state.StateDirectory]
/// is the port. [dev.sexton.internal.state.FileStateDirectory] uses any file system, and
/// [dev.sexton.internal.state.StateDirectories] locates the directories.
@NullMarked
package dev.sexton.internal.state;

import org.jspecify.annotations.NullMarked;
