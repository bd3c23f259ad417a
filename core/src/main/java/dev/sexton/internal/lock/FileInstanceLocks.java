package dev.sexton.internal.lock;

import dev.sexton.internal.lock.HeldByThisJvm.Use;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.Ownership;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Locks of the kernel: record locks of fcntl(2) on POSIX, as {@link FileChannel#tryLock} takes
 * them. A zombie holds none, a stopped process holds on, and children inherit none.
 */
public final class FileInstanceLocks implements InstanceLocks {
  private static final long OWNER = 0;
  private static final long SWEEPER = 1;
  private static final FileAttribute<?>[] PRIVATE = {
    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
  };
  private static final FileAttribute<?>[] NO_ATTRIBUTES = {};
  private static final Set<OpenOption> READ_AND_WRITE =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

  /** The files that this class loader's sweeps hold, by what tells them apart. */
  private static final Map<String, FileHeld> SWEEPING = new ConcurrentHashMap<>();

  /** How often a lock file may be replaced under our hands before we give up. */
  private static final int ATTEMPTS = 20;

  /** How long to leave the file to another thread of this JVM that only asks: 1 ms. */
  private static final long ASKING_NANOS = 1_000_000;

  @Override
  public OwnerByte owner(Path lockFile) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String key;
      try {
        key = fileKey(lockFile);
      } catch (NoSuchFileException missing) {
        return OwnerByte.MISSING;
      } catch (AccessDeniedException denied) {
        return OwnerByte.DENIED;
      } catch (IOException unreadable) {
        return OwnerByte.UNKNOWN;
      }
      Use use = HeldByThisJvm.reserve(key, Use.ASKING);
      if (use == null) {
        try {
          return ask(lockFile);
        } finally {
          HeldByThisJvm.release(key);
        }
      }
      if (use == Use.OWNING) {
        return OwnerByte.OURS;
      }
      if (use == Use.SWEEPING) {
        // Opening the file once more would cost the sweep its lock: ask over the sweep's channel.
        FileHeld sweep = SWEEPING.get(key);
        return sweep == null ? OwnerByte.UNKNOWN : sweep.ask();
      }
      LockSupport.parkNanos(ASKING_NANOS);
    }
    return OwnerByte.UNKNOWN;
  }

  private static OwnerByte ask(Path lockFile) {
    try (FileChannel channel =
        FileChannel.open(lockFile, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      FileLock lock = channel.tryLock(OWNER, 1, true);
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
  public @Nullable Held own(Path lockFile) throws IOException {
    return lock(lockFile, OWNER, Use.OWNING);
  }

  @Override
  public @Nullable Held sweep(Path lockFile) throws IOException {
    return lock(lockFile, SWEEPER, Use.SWEEPING);
  }

  @Override
  public long sweeper(Path lockFile) {
    return LockTable.holder(lockFile, SWEEPER);
  }

  /**
   * Locks one byte of the file that is at this path once it is locked: a sweeper may have removed
   * the one that was opened.
   */
  private static @Nullable Held lock(Path lockFile, long position, Use use) throws IOException {
    Use other = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      // An owner's UUID is new; what a sweeper claims usually has its file, and an exception is
      // dear.
      if (use == Use.OWNING || !Files.exists(lockFile, LinkOption.NOFOLLOW_LINKS)) {
        create(lockFile);
      }
      String key;
      try {
        key = fileKey(lockFile);
      } catch (NoSuchFileException removedMeanwhile) {
        continue;
      }
      other = HeldByThisJvm.reserve(key, use);
      // An owner's file is new, and nobody else's: what is reserved is the number of one that
      // another process removed, until the thread that had it open gives it back.
      if (other == Use.ASKING || (other != null && use == Use.OWNING)) {
        LockSupport.parkNanos(ASKING_NANOS);
        continue;
      }
      if (other != null) {
        return null;
      }
      FileHeld held = null;
      boolean replaced;
      try {
        held = lock(lockFile, position, key);
        if (held != null && use == Use.SWEEPING) {
          SWEEPING.put(key, held);
        }
        replaced = held != null && !key.equals(fileKeyOrNull(lockFile));
        if (!replaced) {
          return held;
        }
      } catch (NoSuchFileException removedMeanwhile) {
        replaced = true;
      } finally {
        if (held == null) {
          HeldByThisJvm.release(key);
        }
      }
      if (held != null) {
        held.close();
      }
    }
    if (other != null) {
      return null;
    }
    throw new IOException(
        lockFile
            + ": the lock file is replaced over and over: is something else cleaning up in this directory?");
  }

  private static @Nullable FileHeld lock(Path lockFile, long position, String key)
      throws IOException {
    FileChannel channel = FileChannel.open(lockFile, READ_AND_WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock(position, 1, false);
    } catch (UnsupportedOperationException noLocksHere) {
      throw new IOException(lockFile + ": this file system has no locks", noLocksHere);
    } catch (OverlappingFileLockException ours) {
      throw new IOException(lockFile + ": already locked by this program", ours);
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    return lock == null ? null : new FileHeld(lockFile, channel, key);
  }

  private static void create(Path lockFile) throws IOException {
    boolean posix = lockFile.getFileSystem().supportedFileAttributeViews().contains("posix");
    try {
      Files.createFile(lockFile, posix ? PRIVATE : NO_ATTRIBUTES);
      Ownership.asItsDirectory(lockFile);
    } catch (FileAlreadyExistsException present) {
      // Fine; whether it may be opened is found out by opening it.
    } catch (NoSuchFileException removedMeanwhile) {
      if (!Files.isDirectory(parent(lockFile))) {
        throw removedMeanwhile;
      } // Else by another sweeper; it is made again if it is needed.
    }
  }

  private static Path parent(Path lockFile) {
    Path parent = lockFile.getParent();
    return parent == null ? lockFile : parent;
  }

  /** What tells this file from any that is put at the same path later. */
  private static String fileKey(Path lockFile) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(lockFile, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      // Opening a FIFO could block, a link could lead anywhere.
      throw new IOException(lockFile + " is not a regular file: move it away");
    }
    Object key = attributes.fileKey();
    return key != null
        ? key.toString()
        : lockFile.toAbsolutePath() + "@" + attributes.creationTime();
  }

  private static @Nullable String fileKeyOrNull(Path lockFile) throws IOException {
    try {
      return fileKey(lockFile);
    } catch (NoSuchFileException removed) {
      return null;
    }
  }

  private static final class FileHeld implements Held {
    private final Path file;
    private final FileChannel channel;
    private final String key;
    private boolean reserved = true;

    FileHeld(Path file, FileChannel channel, String key) {
      this.file = file;
      this.channel = channel;
      this.key = key;
    }

    synchronized OwnerByte ask() {
      try (FileLock lock = channel.tryLock(OWNER, 1, true)) {
        return lock == null ? OwnerByte.HELD : OwnerByte.FREE;
      } catch (IOException | OverlappingFileLockException closedMeanwhile) {
        return OwnerByte.UNKNOWN;
      }
    }

    @Override
    public synchronized void deleteFile() throws IOException {
      if (reserved && key.equals(fileKeyOrNull(file))) {
        FileStateDirectory.deleteFile(file);
        // Before the channel is closed: after that the kernel may give the number to a new file.
        release();
      }
    }

    private void release() {
      if (reserved) {
        reserved = false;
        SWEEPING.remove(key, this);
        HeldByThisJvm.release(key);
      }
    }

    @Override
    public synchronized void close() {
      try {
        channel.close();
      } catch (IOException alreadyUnusable) {
        // The kernel has taken the lock back all the same.
      } finally {
        release();
      }
    }
  }
}
