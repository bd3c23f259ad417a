package dev.sexton.internal.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the new lines of one state directory's journal.
public final class JournalTail {
  private final Path journal;
  private final Path old;
  private @Nullable Object file;
  private long offset;

  /// Creates a reader that has read nothing yet.
  public JournalTail(Path directory) {
    this.journal = directory.resolve(FileNames.JOURNAL);
    this.old = directory.resolve(FileNames.OLD_JOURNAL);
  }

  /// Returns all complete lines since the last call. The first call returns all lines.
  ///
  /// @throws IOException if the journal cannot be read
  public List<String> read() throws IOException {
    List<String> lines = new ArrayList<>();
    BasicFileAttributes now = attributes(journal);
    if (file == null || (now != null && !Objects.equals(file, now.fileKey()))) {
      // The lines that were written before it became the old journal.
      BasicFileAttributes before = attributes(old);
      if (before != null) {
        readFrom(old, Objects.equals(file, before.fileKey()) ? offset : 0, before.size(), lines);
      }
      offset = 0;
      file = now == null ? null : now.fileKey();
    }
    if (now != null && now.size() > offset) {
      offset = readFrom(journal, offset, now.size(), lines);
    }
    return lines;
  }

  private static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile() ? attributes : null;
    } catch (NoSuchFileException none) {
      return null;
    }
  }

  /// Returns where the last complete line ends. The rest is still to come.
  private static long readFrom(Path path, long from, long to, List<String> lines)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(Math.max(0, to - from)));
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            path, Set.<OpenOption>of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      channel.position(from);
      int read = 0;
      while (buffer.hasRemaining() && read >= 0) {
        read = channel.read(buffer);
      }
    }
    int end = buffer.position();
    while (end > 0 && buffer.get(end - 1) != '\n') {
      end--;
    }
    new String(buffer.array(), 0, end, UTF_8).lines().forEach(lines::add);
    return from + end;
  }
}
