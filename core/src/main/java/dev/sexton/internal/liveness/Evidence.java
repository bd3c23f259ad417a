package dev.sexton.internal.liveness;

import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import dev.sexton.internal.process.ProcessTable.Interpreter;

/** All that is known about the owner of one instance at the moment of judging. Immutable. */
public sealed interface Evidence {
  /** What is running under the owner's process ID. */
  enum OwnerProcess {
    /** The owner: process ID and start time are the same. Never so if only an ID was recorded. */
    SAME,
    /** A process that may or may not be the owner, for only an ID was recorded. */
    SOME,
    /** Provably another one. */
    OTHER,
    /** A zombie. */
    ZOMBIE,
    /** Nothing. */
    ABSENT,
    /** Not allowed to see. */
    HIDDEN
  }

  /// How a part of the recorded identity compares with ours.
  enum Part {
    /// It is ours.
    SAME,
    /// It is another one, which may well exist.
    OTHER,
    /// It is another one, which provably exists no more.
    OVER,
    /// It could not be read when it was recorded, or cannot be read here: it compares with nothing.
    UNREADABLE
  }

  /** What the lock says. */
  OwnerByte lock();

  /**
   * A record of a schema that this version does not know.
   *
   * @param lock what the lock says
   */
  record Newer(int schema, OwnerByte lock) implements Evidence {}

  /**
   * A record that says where its owner runs.
   *
   * @param self whether the owner is this very process
   * @param hostName the host that it names; empty if it names none
   * @param host whether that is this host; never OVER
   * @param shared whether the record lies on a file system that other machines see
   * @param boot whether it was written in this boot; OVER if this machine provably ran the other
   *     one
   * @param namespace whether its process IDs are those of our PID namespace; OVER if nobody is left
   *     in the other one
   * @param claimsLock whether it says that its owner holds the lock
   * @param lock what the lock says
   * @param process what is running under the owner's ID: in our namespace, or as seen from it in
   *     the owner's
   * @param pid the owner's ID
   */
  record Identified(
      boolean self,
      String hostName,
      Part host,
      boolean shared,
      Part boot,
      Part namespace,
      boolean claimsLock,
      OwnerByte lock,
      OwnerProcess process,
      long pid)
      implements Evidence {
    /// Whether any part of the identity compares with nothing.
    boolean isUnreadable() {
      return host == Part.UNREADABLE || boot == Part.UNREADABLE || namespace == Part.UNREADABLE;
    }
  }

  /**
   * A record that holds no more than a process ID, as the original writes it.
   *
   * @param original whether the original wrote it: one of ours that names no owner was written
   *     where processes cannot be told apart
   * @param shared whether the record lies on a file system that other machines see
   * @param lock what the lock says, for somebody may hold one all the same
   * @param wholeMachine whether we see the machine's own PID namespace
   * @param process what is running under the owner's ID
   * @param interpreter whether that runs Python
   * @param predates whether that started clearly before the instance
   * @param hasRecordedChild whether one of the recorded processes is its child
   * @param startedLater whether that started clearly after the record was last written
   * @param pid the owner's ID
   */
  record PidOnly(
      boolean original,
      boolean shared,
      OwnerByte lock,
      boolean wholeMachine,
      OwnerProcess process,
      Interpreter interpreter,
      boolean predates,
      boolean hasRecordedChild,
      boolean startedLater,
      long pid)
      implements Evidence {}
}
