package dev.sexton.internal.lock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// The identity of a lock file.
final class LockFileKey {
  private LockFileKey() {}

  /// Returns what distinguishes this file from any later file at the same path.
  static String of(Path lockFile) throws IOException {
    BasicFileAttributes attributes = attributes(lockFile);
    if (!attributes.isRegularFile()) {
      // Opening a FIFO could block, and a link could lead anywhere.
      throw new IOException(lockFile + " is not a regular file: move it away");
    }
    Object key = attributes.fileKey();
    return key != null ? key.toString() : LockFileId.of(lockFile, attributes.creationTime());
  }

  /// Like [#of], but returns null if there is no such file.
  static @Nullable String orNull(Path lockFile) throws IOException {
    try {
      return of(lockFile);
    } catch (NoSuchFileException removed) {
      return null;
    }
  }

  /// Returns the attributes of a file that is not a link.
  static BasicFileAttributes attributes(Path lockFile) throws IOException {
    return Files.readAttributes(lockFile, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }
}
