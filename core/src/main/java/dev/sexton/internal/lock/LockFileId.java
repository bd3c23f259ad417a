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

/// The ID in a lock file, for platforms whose files have none that the JDK tells, such as Windows.
/// A file that is put at the same path later has another one, even if the file system gives it the
/// creation time of the file that was removed, as NTFS does for some seconds.
final class LockFileId {
  /// Behind the bytes that are locked: where locks are mandatory, those cannot be read.
  private static final int POSITION = 2;

  private static final int LENGTH = 36;

  private static final Set<OpenOption> WRITE =
      Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private LockFileId() {}

  /// Gives a new lock file an ID.
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

  /// Returns what tells a lock file from any that is put at the same path later: its ID, or its
  /// path and creation time if it has none, because another program made it.
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
