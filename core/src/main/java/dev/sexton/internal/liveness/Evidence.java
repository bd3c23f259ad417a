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
   * @param sameHost whether it names this host
   * @param shared whether the record lies on a file system that other machines see
   * @param sameBoot whether it was written in this boot
   * @param claimsLock whether it says that its owner holds the lock
   * @param lock what the lock says
   * @param comparable whether its process IDs mean something here
   * @param process what is running under the owner's ID; meaningless unless comparable
   * @param pid the owner's ID
   */
  record Identified(
      boolean self,
      String host,
      boolean sameHost,
      boolean shared,
      boolean sameBoot,
      boolean claimsLock,
      OwnerByte lock,
      boolean comparable,
      OwnerProcess process,
      long pid)
      implements Evidence {}

  /**
   * A record that holds no more than a process ID, as the original writes it.
   *
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
