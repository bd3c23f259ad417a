package dev.sexton.internal.lock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import java.util.UUID;

/// The ID in a lock file, for platforms on which the JDK reports no file key, such as Windows. A
/// later file at the same path has another ID, even if the file system gives it the creation time
/// of the removed file, as NTFS does for some seconds.
final class LockFileId {
  /// Behind the locked bytes, which cannot be read where locks are mandatory.
  private static final int POSITION = 2;

  private static final int LENGTH = 36;

  private static final Set<OpenOption> WRITE =
      Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private LockFileId() {}

  /// Writes an ID into a new lock file.
  static void write(Path lockFile) throws IOException {
    byte[] id = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = ByteBuffer.wrap(id);
    try (SeekableByteChannel channel = Files.newByteChannel(lockFile, WRITE)) {
      channel.position(POSITION);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /// Returns what distinguishes a lock file from any later file at the same path. This is its ID,
  /// or its path and creation time if it has no ID because another program created it.
  static String of(Path lockFile, FileTime created) throws IOException {
    ByteBuffer id = ByteBuffer.allocate(LENGTH);
    try (SeekableByteChannel channel = Files.newByteChannel(lockFile, READ)) {
      channel.position(POSITION);
      int read = 0;
      while (id.hasRemaining() && read >= 0) {
        read = channel.read(id);
      }
    }
    return id.hasRemaining()
        ? lockFile.toAbsolutePath() + "@" + created
        : new String(id.array(), StandardCharsets.US_ASCII);
  }
}
