package dev.sexton.internal.lock;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The port to the locks of instances. Implementations are safe for use by several threads. */
public interface InstanceLocks {
  /** What a look at the owner's byte found. */
  enum OwnerByte {
    /** A living process holds it. */
    HELD,
    /** This very JVM holds it. */
    OURS,
    /** Nobody holds it. */
    FREE,
    /** There is no lock file. */
    MISSING,
    /** Whether it is held cannot be asked here. */
    UNKNOWN,
    /** Not allowed to ask. */
    DENIED
  }

  /** A lock that is held until it is closed or this JVM ends. */
  interface Held extends AutoCloseable {
    /** Removes the lock file, if it is still the one that is locked. */
    void deleteFile() throws IOException;

    /** Lets go. Never fails, does nothing the second time. */
    @Override
    void close();
  }

  /** Looks at the owner's byte without disturbing anybody. Never throws. */
  OwnerByte probeOwner(Path lockFile);

  /**
   * Creates the lock file and takes the owner's byte.
   *
   * @return the lock; null if another process holds it
   * @throws IOException if the file cannot be created, or this file system has no locks
   */
  @Nullable Held lockAsOwner(Path lockFile) throws IOException;

  /**
   * Takes the sweeper's byte, creating the file if it is missing.
   *
   * @return the lock; null if another sweeper holds it
   * @throws IOException if it cannot be asked for
   */
  @Nullable Held lockAsSweeper(Path lockFile) throws IOException;

  /// The PID of the process that holds the sweeper's byte; 0 if that cannot be told.
  default long sweeperPid(Path lockFile) {
    return 0;
  }
}
