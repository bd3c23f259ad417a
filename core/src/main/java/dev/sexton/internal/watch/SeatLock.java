package dev.sexton.internal.watch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The lock of a [WatcherSeat]. The kernel releases it when its process ends. For use by one
/// thread, except that any thread may close it.
final class SeatLock implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private @Nullable FileLock lock;

  private SeatLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /// Opens the lock file, and creates it if it does not exist. It is not locked yet.
  ///
  /// @param mode the attributes of a new file
  /// @throws IOException if it cannot be opened
  static SeatLock open(Path file, FileAttribute<?>... mode) throws IOException {
    return new SeatLock(
        file,
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            mode));
  }

  /// Tries to lock the file. Returns false if another process, or this one, has already locked it.
  ///
  /// @throws IOException if it cannot be locked
  boolean tryLock() throws IOException {
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException ours) {
      return false;
    }
    return lock != null;
  }

  /// Returns the descriptor by which this process holds the file; 0 if it cannot be determined.
  int descriptor() {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path one : open) {
        if (isSame(one, file)) {
          return Integer.parseInt(one.getFileName().toString());
        }
      }
    } catch (IOException | NumberFormatException otherSystem) {
      return 0;
    }
    return 0;
  }

  /// Returns whether a descriptor leads to a file; false if it was closed meanwhile.
  private static boolean isSame(Path descriptor, Path file) {
    try {
      return Files.exists(descriptor) && Files.isSameFile(descriptor, file);
    } catch (IOException closed) {
      return false;
    }
  }

  /// Releases the lock, if it is held, and closes the file.
  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.release();
    }
    channel.close();
  }
}
