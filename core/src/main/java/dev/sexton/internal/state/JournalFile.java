package dev.sexton.internal.state;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The journal's two files: the one that grows, and the one before it. */
final class JournalFile {
  /** A journal grows to 8 MiB, about 30,000 stops, and is then kept as the old one. */
  private static final long LIMIT_BYTES = 8L << 20;

  private final Path directory;

  JournalFile(Path directory) {
    this.directory = directory;
  }

  /** Appends lines, each as a whole, and begins anew when the file has grown too long. */
  void append(List<String> lines, FileAttribute<?>[] mode) throws IOException {
    Path journal = directory.resolve(FileStateDirectory.JOURNAL);
    requireRegular(journal);
    byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    Set<OpenOption> options =
        Set.of(StandardOpenOption.APPEND, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS);
    try (SeekableByteChannel channel = Files.newByteChannel(journal, options, mode)) {
      Ownership.asItsDirectory(journal);
      // One write, so that lines of two sweepers do not mix.
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      if (channel.size() > LIMIT_BYTES) {
        Files.move(
            journal,
            directory.resolve(FileStateDirectory.OLD_JOURNAL),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Opening a FIFO for writing would wait for somebody who reads it. */
  private static void requireRegular(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is not a regular file: move it away");
    }
  }

  /** All lines, the oldest first. */
  List<String> read() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String name : List.of(FileStateDirectory.OLD_JOURNAL, FileStateDirectory.JOURNAL)) {
      Path journal = directory.resolve(name);
      if (!Files.isRegularFile(journal, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      try (InputStream in = Files.newInputStream(journal, LinkOption.NOFOLLOW_LINKS)) {
        // A line that is being written, or was cut off, must not cost the others.
        byte[] bytes = in.readNBytes((int) (4 * LIMIT_BYTES));
        new String(bytes, StandardCharsets.UTF_8).lines().forEach(lines::add);
      }
    }
    return lines;
  }
}
