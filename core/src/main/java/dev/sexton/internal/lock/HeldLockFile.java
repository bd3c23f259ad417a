package dev.sexton.internal.lock;

import dev.sexton.internal.state.DirectoryRights;
import dev.sexton.internal.state.FileChanges;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A lock file of which this JVM holds one byte. Thread-safe.
final class HeldLockFile implements InstanceLocks.Held {
  /// The lock files that this class loader's sweeps hold, by file key.
  private static final Map<String, HeldLockFile> SWEEPING = new ConcurrentHashMap<>();

  private final Path file;
  private final FileChannel channel;
  private final String key;
  private boolean reserved = true;

  HeldLockFile(Path file, FileChannel channel, String key) {
    this.file = file;
    this.channel = channel;
    this.key = key;
  }

  /// Returns the lock file that a sweep of this class loader holds; null if there is none.
  static @Nullable HeldLockFile ofSweep(String key) {
    return SWEEPING.get(key);
  }

  /// Makes this the lock file that a sweep holds, until it is released.
  void noteSweep() {
    SWEEPING.put(key, this);
  }

  /// Probes the owner's byte through the channel that is open.
  synchronized InstanceLocks.OwnerByte ask() {
    try (FileLock lock = channel.tryLock(LockFile.OWNER, 1, true)) {
      return lock == null ? InstanceLocks.OwnerByte.HELD : InstanceLocks.OwnerByte.FREE;
    } catch (IOException | OverlappingFileLockException closedMeanwhile) {
      return InstanceLocks.OwnerByte.UNKNOWN;
    }
  }

  @Override
  public synchronized void deleteFile() throws IOException {
    try (var _ = DirectoryRights.in(LockFile.parent(file))) {
      if (reserved && key.equals(LockFileKey.orNull(file))) {
        FileChanges.delete(file);
        // Before the channel is closed, because the kernel may then give the inode number to a
        // new file.
        release();
      }
    }
  }

  private void release() {
    if (reserved) {
      reserved = false;
      SWEEPING.remove(key, this);
      OpenLockFiles.release(key);
    }
  }

  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException alreadyUnusable) {
      // The kernel has released the lock anyway.
    } finally {
      release();
    }
  }
}
