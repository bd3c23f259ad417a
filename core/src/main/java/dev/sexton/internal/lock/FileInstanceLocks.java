package dev.sexton.internal.lock;

import dev.sexton.internal.lock.OpenLockFiles.Use;
import dev.sexton.internal.state.DirectoryRights;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Kernel locks: record locks of fcntl(2) on POSIX, as [FileChannel#tryLock] takes them. A zombie
/// holds none, a stopped process keeps its locks, and children do not inherit them.
public final class FileInstanceLocks implements InstanceLocks {
  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  private static final Set<OpenOption> READ_AND_WRITE =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

  /// How often a lock file may be replaced concurrently before the attempt fails.
  private static final int ATTEMPTS = 20;

  /// How long to leave the file to another thread of this JVM that only probes it: 1 ms.
  private static final long ASKING_NANOS = 1_000_000;

  /// How long an owner waits for processes that probe its byte: 2 s. A probe takes microseconds,
  /// but the probing process may be stopped or waiting for the processor.
  private static final long LOOKERS_NANOS = 2_000_000_000;

  /// How long to wait for such a probe to end: 0.1 ms.
  private static final long LOOKING_NANOS = 100_000;

  @Override
  public OwnerByte probeOwner(Path lockFile) {
    try (var _ = DirectoryRights.in(LockFile.parent(lockFile))) {
      return ownerByTheseRights(lockFile);
    } catch (IOException noRights) {
      return OwnerByte.UNKNOWN;
    }
  }

  private static OwnerByte ownerByTheseRights(Path lockFile) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String key;
      try {
        key = LockFileKey.of(lockFile);
      } catch (NoSuchFileException missing) {
        return OwnerByte.MISSING;
      } catch (AccessDeniedException denied) {
        return OwnerByte.DENIED;
      } catch (IOException unreadable) {
        return OwnerByte.UNKNOWN;
      }
      Use use = OpenLockFiles.reserve(key, Use.ASKING);
      if (use == null) {
        try {
          return ask(lockFile);
        } finally {
          OpenLockFiles.release(key);
        }
      }
      if (use == Use.OWNING) {
        return OwnerByte.OURS;
      }
      if (use == Use.SWEEPING) {
        // Opening the file again would cost the sweep its lock, so this probes through the sweep's
        // channel.
        HeldLockFile sweep = HeldLockFile.ofSweep(key);
        return sweep == null ? OwnerByte.UNKNOWN : sweep.ask();
      }
      LockSupport.parkNanos(ASKING_NANOS);
    }
    return OwnerByte.UNKNOWN;
  }

  private static OwnerByte ask(Path lockFile) {
    // With write access as well, opening a FIFO that another user has put here since does not
    // block.
    Set<OpenOption> options =
        DirectoryRights.isAnothers(LockFile.parent(lockFile)) ? READ_AND_WRITE : READ;
    try (FileChannel channel = FileChannel.open(lockFile, options)) {
      FileLock lock = channel.tryLock(LockFile.OWNER, 1, true);
      return lock == null ? OwnerByte.HELD : OwnerByte.FREE;
    } catch (NoSuchFileException missing) {
      return OwnerByte.MISSING;
    } catch (AccessDeniedException denied) {
      return OwnerByte.DENIED;
    } catch (OverlappingFileLockException ours) {
      return OwnerByte.OURS;
    } catch (IOException | UnsupportedOperationException noLocksHere) {
      return OwnerByte.UNKNOWN;
    }
  }

  @Override
  public @Nullable Held lockAsOwner(Path lockFile) throws IOException {
    try (var _ = DirectoryRights.in(LockFile.parent(lockFile))) {
      return lock(lockFile, Use.OWNING);
    }
  }

  @Override
  public @Nullable Held lockAsSweeper(Path lockFile) throws IOException {
    try (var _ = DirectoryRights.in(LockFile.parent(lockFile))) {
      return lock(lockFile, Use.SWEEPING);
    }
  }

  @Override
  public long sweeperPid(Path lockFile) {
    return LockTable.holder(lockFile, LockFile.SWEEPER);
  }

  /// Locks one byte of a file that is still at this path after locking. A sweeper may have removed
  /// the file that was opened.
  private static @Nullable Held lock(Path lockFile, Use use) throws IOException {
    Use other = null;
    boolean isMissing = false;
    long deadline = System.nanoTime() + LOOKERS_NANOS;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      // An owner's UUID is new. What a sweeper claims usually has a lock file.
      if (use == Use.OWNING || isMissing) {
        LockFile.create(lockFile);
      }
      String key = LockFileKey.orNull(lockFile);
      isMissing = key == null;
      if (key == null) {
        continue;
      }
      other = OpenLockFiles.reserve(key, use);
      // An owner's file is new and no other thread's. The reserved key is that of a file that
      // another process removed, until the thread that had it open releases it.
      if (other == Use.ASKING || (other != null && use == Use.OWNING)) {
        LockSupport.parkNanos(ASKING_NANOS);
        continue;
      }
      if (other != null) {
        return null;
      }
      Attempt done = lockReserved(lockFile, key, use, deadline);
      if (!done.replaced()) {
        return done.held();
      }
    }
    if (other != null) {
      return null;
    }
    throw new IOException(
        lockFile
            + ": the lock file keeps being replaced: is another program cleaning up this"
            + " directory?");
  }

  /// The result of locking a reserved file.
  ///
  /// @param held the locked file; null if another process holds the byte, or the file was replaced
  /// @param replaced whether the file was removed or replaced meanwhile, so that a lock on it would
  ///   exclude nobody
  private record Attempt(@Nullable HeldLockFile held, boolean replaced) {
    static final Attempt EXCLUDED = new Attempt(null, false);
    static final Attempt REPLACED = new Attempt(null, true);
  }

  /// Locks a file that this thread has reserved. The reservation ends unless the file is held.
  private static Attempt lockReserved(Path lockFile, String key, Use use, long deadline)
      throws IOException {
    HeldLockFile locked = null;
    try {
      locked = open(lockFile, key, use, deadline);
    } catch (NoSuchFileException removedMeanwhile) {
      return Attempt.REPLACED;
    } finally {
      if (locked == null) {
        OpenLockFiles.release(key);
      }
    }
    if (locked == null) {
      return Attempt.EXCLUDED;
    }
    if (use == Use.SWEEPING) {
      locked.noteSweep();
    }
    boolean isStillThere = false;
    try {
      isStillThere = key.equals(LockFileKey.orNull(lockFile));
    } finally {
      if (!isStillThere) {
        locked.close();
      }
    }
    return isStillThere ? new Attempt(locked, false) : Attempt.REPLACED;
  }

  /// Opens a file and locks its byte. Returns null if another process holds the byte.
  private static @Nullable HeldLockFile open(Path lockFile, String key, Use use, long deadline)
      throws IOException {
    long position = use == Use.OWNING ? LockFile.OWNER : LockFile.SWEEPER;
    FileChannel channel = FileChannel.open(lockFile, READ_AND_WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock(position, 1, false);
      while (lock == null && use == Use.OWNING && onlyLookersHold(channel, deadline)) {
        LockSupport.parkNanos(LOOKING_NANOS);
        lock = channel.tryLock(position, 1, false);
      }
    } catch (UnsupportedOperationException noLocksHere) {
      throw new IOException(lockFile + ": this file system does not support locks", noLocksHere);
    } catch (OverlappingFileLockException ours) {
      throw new IOException(lockFile + ": already locked by this program", ours);
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    return lock == null ? null : new HeldLockFile(lockFile, channel, key);
  }

  /// Returns whether only probes hold the owner's byte. Their shared locks exclude an owner but not
  /// each other. Also false if they have held it for too long.
  private static boolean onlyLookersHold(FileChannel channel, long deadline) throws IOException {
    if (System.nanoTime() - deadline > 0) {
      return false;
    }
    try (FileLock shared = channel.tryLock(LockFile.OWNER, 1, true)) {
      return shared != null;
    }
  }
}
