package dev.sexton.internal.state;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// Moves and removes files, and reports failures with a remedy. On Windows, a file that a virus
/// scanner, a backup or a reader without FILE_SHARE_DELETE has open can be neither moved nor
/// removed. They have it open only briefly, so the change is retried for a second.
public final class FileChanges {
  private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

  private static final int ATTEMPTS = 50;
  private static final long PAUSE_NANOS = 20_000_000;

  /// With less space than this, nothing more can be written.
  private static final long FULL_BYTES = 4096;

  private FileChanges() {}

  interface Change {
    void make() throws IOException;
  }

  static void move(Path from, Path to, CopyOption... options) throws IOException {
    if (WINDOWS) {
      repeat(() -> Files.move(from, to, options));
    } else {
      Files.move(from, to, options);
    }
  }

  /// Removes a file. A missing file counts as removed.
  public static void delete(Path file) throws IOException {
    if (WINDOWS) {
      repeat(() -> Files.deleteIfExists(file));
      // One system call if it works. Files checks the kind of file first, and reports why it fails.
    } else if (!file.getFileSystem().equals(FileSystems.getDefault()) || !file.toFile().delete()) {
      Files.deleteIfExists(file);
    }
  }

  /// Makes a change, and retries while another process has the file open.
  static void repeat(Change change) throws IOException {
    for (int attempt = 1; true; attempt++) {
      try {
        change.make();
        return;
      } catch (FileSystemException failed) {
        if (attempt == ATTEMPTS || !isBusy(failed)) {
          throw failed;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /// A sharing violation is a plain FileSystemException, or an AccessDeniedException.
  private static boolean isBusy(FileSystemException failed) {
    return !(failed instanceof NoSuchFileException
        || failed instanceof FileAlreadyExistsException
        || failed instanceof DirectoryNotEmptyException
        || failed instanceof NotDirectoryException);
  }

  /// Returns the failure to write a file, with the cause, the place and the remedy.
  static IOException failure(Path file, IOException cause) {
    String message = String.valueOf(cause.getMessage());
    String reason =
        cause instanceof AccessDeniedException
            ? "permission denied"
            : cause instanceof FileSystemException failed && failed.getReason() != null
                ? failed.getReason()
                : message;
    return new IOException(file + ": " + reason + ": " + remedy(file, cause), cause);
  }

  private static String remedy(Path file, IOException cause) {
    try {
      Path there = file.toAbsolutePath();
      while (there.getParent() != null && !Files.isDirectory(there)) {
        there = there.getParent();
      }
      var store = Files.getFileStore(there);
      if (store.isReadOnly()) {
        return "its file system is read-only: mount it writable, or choose another directory with"
            + " SEXTON_HOME or --state-dir";
      }
      if (store.getUsableSpace() < FULL_BYTES) {
        return "its disk is full: free some space";
      }
    } catch (IOException unknown) {
      // The error alone decides.
    }
    return cause instanceof AccessDeniedException
        ? "run as the owner of " + file.getParent() + ", or correct its permissions"
        : "check that "
            + file.getParent()
            + " is a directory of your own, with free disk space and quota";
  }
}
