package dev.sexton.internal.liveness;

import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import dev.sexton.internal.process.ProcessReader.Interpreter;

/// Everything that is known about the owner of one instance when it is judged. Immutable.
public sealed interface Evidence {
  /// The process that has the owner's PID.
  enum OwnerProcess {
    /// The owner: PID and start time are equal. Never used if only a PID was recorded.
    SAME,
    /// A process that may or may not be the owner, because only a PID was recorded.
    SOME,
    /// Provably another process.
    OTHER,
    /// A zombie.
    ZOMBIE,
    /// No process.
    ABSENT,
    /// Missing permission to see the process.
    HIDDEN
  }

  /// The result of comparing a part of the recorded identity with ours.
  enum Part {
    /// Equal to ours.
    SAME,
    /// Different from ours, and may well exist.
    OTHER,
    /// Different from ours, and provably no longer exists.
    OVER,
    /// Unreadable when it was recorded, or unreadable here. It cannot be compared.
    UNREADABLE
  }

  /// Returns the state of the lock.
  OwnerByte lock();

  /// A record whose schema this version does not know.
  ///
  /// @param lock the state of the lock
  record Newer(int schema, OwnerByte lock) implements Evidence {}

  /// A record that says where its owner runs.
  ///
  /// @param location where the owner runs, compared with here
  /// @param claimsLock whether the record says that the owner holds the lock
  /// @param lock the state of the lock
  /// @param holder the process that has the owner's PID
  record Identified(Location location, boolean claimsLock, OwnerByte lock, Holder holder)
      implements Evidence {}

  /// Where an owner runs, compared with where this process runs.
  ///
  /// @param hostName the recorded host; empty if there is none
  /// @param host whether that is this host; never OVER
  /// @param shared whether the record is on a file system that other machines see
  /// @param boot whether it was written in this boot; OVER if this machine provably ran the other
  ///   one
  /// @param namespace whether its PIDs are those of our PID namespace; OVER if the other namespace
  ///   has no processes left
  record Location(String hostName, Part host, boolean shared, Part boot, Part namespace) {
    /// Returns whether any part of the identity cannot be compared.
    boolean isUnreadable() {
      return host == Part.UNREADABLE || boot == Part.UNREADABLE || namespace == Part.UNREADABLE;
    }
  }

  /// The process that has the owner's PID, in our namespace or, as seen from it, in the owner's.
  ///
  /// @param pid the owner's PID
  /// @param process which process that is
  /// @param self whether the owner is this process
  record Holder(long pid, OwnerProcess process, boolean self) {}

  /// A record with only a PID, as written by the original.
  ///
  /// @param original whether the original wrote it; a record of ours without an owner was written
  ///   where processes cannot be told apart
  /// @param scope where its PID means anything
  /// @param lock the state of the lock, which may be held nevertheless
  /// @param candidate the process that has the owner's PID
  /// @param hasRecordedChild whether one of the recorded processes is a child of that process
  record PidOnly(
      boolean original,
      PidScope scope,
      OwnerByte lock,
      Candidate candidate,
      boolean hasRecordedChild)
      implements Evidence {}

  /// What limits the meaning of a PID without an identity.
  ///
  /// @param shared whether the record is on a file system that other machines see
  /// @param wholeMachine whether we see the machine's own PID namespace
  record PidScope(boolean shared, boolean wholeMachine) {}

  /// The process that has the owner's PID and may or may not be the owner.
  ///
  /// @param pid the owner's PID
  /// @param process which process that is, as far as it can be seen
  /// @param interpreter whether it runs Python
  /// @param predates whether it started clearly before the instance
  /// @param startedLater whether it started clearly after the last write of the record
  record Candidate(
      long pid,
      OwnerProcess process,
      Interpreter interpreter,
      boolean predates,
      boolean startedLater) {}
}
