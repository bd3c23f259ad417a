package dev.sexton.internal.lock;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The port to the locks of instances. Implementations are safe for use by several threads.
public interface InstanceLocks {
  /// The result of probing the owner's byte.
  enum OwnerByte {
    /// A living process holds it.
    HELD,
    /// This JVM holds it.
    OURS,
    /// No process holds it.
    FREE,
    /// There is no lock file.
    MISSING,
    /// It cannot be determined here whether it is held.
    UNKNOWN,
    /// Probing it is not permitted.
    DENIED
  }

  /// A lock that is held until it is closed or this JVM ends.
  interface Held extends AutoCloseable {
    /// Removes the lock file if it is still the one that is locked.
    void deleteFile() throws IOException;

    /// Releases the lock. Never fails. Does nothing the second time.
    @Override
    void close();
  }

  /// Probes the owner's byte without disturbing other processes. Never throws.
  OwnerByte probeOwner(Path lockFile);

  /// Creates the lock file and locks the owner's byte.
  ///
  /// @return the lock, or null if another process holds it
  /// @throws IOException if the file cannot be created, or this file system has no locks
  @Nullable Held lockAsOwner(Path lockFile) throws IOException;

  /// Locks the sweeper's byte, creating the file if it is missing.
  ///
  /// @return the lock, or null if another sweeper holds it
  /// @throws IOException if it cannot be requested
  @Nullable Held lockAsSweeper(Path lockFile) throws IOException;

  /// Returns the PID of the process that holds the sweeper's byte, or 0 if that cannot be
  /// determined.
  default long sweeperPid(Path lockFile) {
    return 0;
  }
}
