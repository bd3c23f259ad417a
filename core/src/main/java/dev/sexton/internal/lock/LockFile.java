package dev.sexton.internal.lock;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// The lock file of an instance: which byte is whose, and how the file is created.
final class LockFile {
  /// The position of the byte that the owner holds for as long as it lives.
  static final long OWNER = 0;

  /// The position of the byte that a sweeper holds while it sweeps the instance.
  static final long SWEEPER = 1;

  private static final FileAttribute<?>[] PRIVATE = {
    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
  };
  private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

  private LockFile() {}

  /// Creates the file, unless it exists.
  ///
  /// @throws NoSuchFileException if its directory does not exist
  static void create(Path lockFile) throws IOException {
    boolean posix = lockFile.getFileSystem().supportedFileAttributeViews().contains("posix");
    try {
      Files.createFile(lockFile, posix ? PRIVATE : NO_ATTRIBUTES);
      if (!posix && LockFileKey.attributes(lockFile).fileKey() == null) {
        LockFileId.write(lockFile);
      }
    } catch (FileAlreadyExistsException present) {
      // Opening the file shows whether access is permitted.
    } catch (NoSuchFileException removedMeanwhile) {
      if (!Files.isDirectory(parent(lockFile))) {
        throw removedMeanwhile;
      } // Else by another sweeper. It is created again if needed.
    }
  }

  /// Returns the directory that contains the file.
  static Path parent(Path lockFile) {
    Path parent = lockFile.getParent();
    return parent == null ? lockFile : parent;
  }
}
