package dev.sexton.cli.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/// Replaces files. Whoever reads one meanwhile finds either the old content or the new one, each
/// complete.
public final class FileReplacement {
  /// The permissions of a file that only its user can read.
  public static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  /// Checks something just before the old content is replaced.
  @FunctionalInterface
  public interface LastCheck {
    /// Runs the check.
    ///
    /// @throws IOException if the file must stay as it is
    void run() throws IOException;
  }

  private FileReplacement() {}

  /// Replaces a file, or creates it.
  ///
  /// @throws IOException if it cannot be written, or the check fails; then it is as before
  public static void replace(
      Path file, byte[] content, Set<PosixFilePermission> permissions, LastCheck check)
      throws IOException {
    Path directory = Objects.requireNonNull(file.getParent(), "a file is in a directory");
    Path temporary =
        Files.createTempFile(
            directory, ".sexton", ".tmp", PosixFilePermissions.asFileAttribute(PRIVATE));
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.setPosixFilePermissions(temporary, permissions);
      check.run();
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
