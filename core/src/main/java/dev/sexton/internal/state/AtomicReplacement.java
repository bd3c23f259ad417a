package dev.sexton.internal.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/// Replaces a file atomically: readers see the whole old content or the whole new one.
public final class AtomicReplacement {
  private static final Set<OpenOption> WRITE_NEW =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

  private AtomicReplacement() {}

  /// Replaces a file, or creates it.
  ///
  /// @param temporary the name under which the content is written first; nothing has it
  /// @param mode the attributes of the new file
  /// @throws IOException if the file is not replaced; then it is as before
  public static void replace(Path file, Path temporary, byte[] content, FileAttribute<?>... mode)
      throws IOException {
    try {
      write(temporary, content, mode);
      Ownership.asReplaced(file, temporary);
      FileChanges.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException failed) {
      deleteQuietly(temporary, failed);
      throw failed;
    }
  }

  private static void write(Path temporary, byte[] content, FileAttribute<?>... mode)
      throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(temporary, WRITE_NEW, mode)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  private static void deleteQuietly(Path temporary, Exception failed) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException stillThere) {
      failed.addSuppressed(stillThere);
    }
  }
}
