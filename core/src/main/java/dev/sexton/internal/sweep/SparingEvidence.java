package dev.sexton.internal.sweep;

import org.jspecify.annotations.Nullable;

/// The facts about a process that seems to belong to a dead instance, apart from the reason why it
/// seems so. Each is looked up when a rule asks for it, because most are expensive and most
/// processes are decided by few.
interface SparingEvidence {
  /// The user of a process, compared with the owner of the instance's record file.
  enum RunBy {
    /// The same user.
    SAME,
    /// Another user.
    ANOTHER,
    /// One of the two is unknown.
    HIDDEN,
    /// No user, because the process has ended.
    ENDED
  }

  /// Returns whether it must never be signalled: PID 1, a kernel thread, the sweep or an ancestor.
  boolean isProtected();

  /// Describes the instance that it belongs to and that is not dead; null if there is none.
  @Nullable String liveInstance();

  /// Returns whether its environment opts out.
  boolean optsOut();

  /// Returns whether the owner's own environment already opted out, so that inheriting it means
  /// nothing.
  boolean ownerOptedOut();

  /// Returns whether the instance itself recorded it under a name.
  boolean isRecorded();

  /// Describes the program if it is on the list of kept programs; null if it is not.
  @Nullable String keptProgram();

  /// Returns the systemd unit that it runs in; empty if it runs in none, null if unknown.
  @Nullable String unit();

  /// Returns the systemd unit that the owner ran in; empty if it ran in none, null if unknown.
  @Nullable String ownersUnit();

  /// Returns the user that runs it.
  RunBy runBy();
}
