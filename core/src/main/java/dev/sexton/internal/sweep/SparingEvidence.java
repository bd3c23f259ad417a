package dev.sexton.internal.sweep;

import org.jspecify.annotations.Nullable;

/// What is known about a process that seems to belong to a dead instance, apart from why it seems
/// so. Each answer is looked up when a rule asks for it, because most are expensive and most
/// processes are decided by few.
interface SparingEvidence {
  /// Who runs a process, compared with whose file the instance's record is.
  enum RunBy {
    /// The same user.
    SAME,
    /// Another user.
    ANOTHER,
    /// One of both cannot be told.
    HIDDEN,
    /// Nobody: the process has ended.
    ENDED
  }

  /// Whether nothing may ever signal it: PID 1, a thread of the kernel, the sweep or an ancestor.
  boolean isProtected();

  /// The instance that it belongs to and that is not dead, in words; null if there is none.
  @Nullable String liveInstance();

  /// Whether its environment opts out.
  boolean optsOut();

  /// Whether the owner had that in its own environment already, so that inheriting it means
  /// nothing.
  boolean ownerOptedOut();

  /// Whether the instance itself recorded it under a name.
  boolean isRecorded();

  /// What it is if it is on the list of programs that are kept, in words; null if it is not.
  @Nullable String keptProgram();

  /// The systemd unit that it runs in; empty if it runs in none, null if unknown.
  @Nullable String unit();

  /// The systemd unit that the owner ran in; empty if it ran in none, null if unknown.
  @Nullable String ownersUnit();

  /// Who runs it.
  RunBy runBy();
}
