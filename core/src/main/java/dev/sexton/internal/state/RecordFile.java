package dev.sexton.internal.state;

import dev.sexton.RecordException;
import dev.sexton.internal.record.RecordReader;
import dev.sexton.internal.state.StateDirectory.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the file of a record: only a regular one, of a sane size, without following a link.
final class RecordFile {
  /// How often a file may be replaced while it is read before reading fails.
  private static final int ATTEMPTS = 50;

  /// A file written more recently than this could be written again without a new timestamp. The
  /// kernel's clock for files advances in steps of up to 10 ms.
  private static final long TIME_STEP_MILLIS = 50;

  /// A file that was read before, and what shows whether it has been written since.
  record Remembered(Content content, FileTime modified, long size, @Nullable Object fileKey) {
    static Remembered of(Content content, BasicFileAttributes attributes) {
      return new Remembered(
          content, attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }

    boolean isStill(BasicFileAttributes attributes) {
      return attributes.size() == size
          && attributes.lastModifiedTime().equals(modified)
          && Objects.equals(attributes.fileKey(), fileKey);
    }
  }

  private RecordFile() {}

  /// Reads a file as a whole, even if it is replaced meanwhile.
  ///
  /// @param remembered what was read before, by file name, or null to remember nothing
  static Content read(Path file, @Nullable Map<String, Remembered> remembered)
      throws RecordException {
    String name = String.valueOf(file.getFileName());
    Class<? extends BasicFileAttributes> kind =
        FileModes.isPosix(file) ? PosixFileAttributes.class : BasicFileAttributes.class;
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        BasicFileAttributes before = attributes(file, kind);
        boolean open =
            before instanceof PosixFileAttributes rights
                && FileModes.writableByOthers(file, rights.permissions());
        Remembered known = remembered == null ? null : remembered.get(name);
        if (known != null && known.isStill(before) && known.content().writableByOthers() == open) {
          return known.content();
        }
        byte[] bytes = bytes(file, RecordReader.MAX_BYTES);
        // The file at this path may be another one by now, or may have been when it was opened.
        if (isSame(before, attributes(file, kind)) && before.size() == bytes.length) {
          Content content = new Content(bytes, before.lastModifiedTime().toInstant(), open);
          if (remembered != null && isSettled(before)) {
            remembered.put(name, Remembered.of(content, before));
          }
          return content;
        }
      }
      throw new IOException("it keeps being replaced");
    } catch (NoSuchFileException missing) {
      throw new RecordException.Missing(file);
    } catch (AccessDeniedException denied) {
      throw new RecordException.Unreadable(file, "permission denied", denied);
    } catch (RecordException ours) {
      throw ours;
    } catch (IOException unreadable) {
      throw new RecordException.Unreadable(
          file, String.valueOf(unreadable.getMessage()), unreadable);
    }
  }

  private static BasicFileAttributes attributes(
      Path file, Class<? extends BasicFileAttributes> kind) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, kind, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new RecordException.Unreadable(file, kind(attributes) + ", not a regular file", null);
    }
    if (attributes.size() > RecordReader.MAX_BYTES) {
      throw new RecordException.Unreadable(
          file,
          "it has "
              + attributes.size()
              + " bytes, more than a record may have ("
              + RecordReader.MAX_BYTES
              + ")",
          null);
    }
    return attributes;
  }

  /// Returns whether any later write gives the file another modification time.
  private static boolean isSettled(BasicFileAttributes attributes) {
    long age = System.currentTimeMillis() - attributes.lastModifiedTime().toMillis();
    return age > TIME_STEP_MILLIS;
  }

  private static boolean isSame(BasicFileAttributes one, BasicFileAttributes other) {
    return Objects.equals(one.fileKey(), other.fileKey())
        && one.size() == other.size()
        && one.lastModifiedTime().equals(other.lastModifiedTime());
  }

  private static String kind(BasicFileAttributes attributes) {
    if (attributes.isSymbolicLink()) {
      return "it is a symbolic link";
    }
    return attributes.isDirectory() ? "it is a directory" : "it is a special file";
  }

  /// Reads the opened file to its end, or to the limit if it grows meanwhile.
  static byte[] bytes(Path file, int limit) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file, options(file))) {
      long size = Math.min(channel.size(), limit);
      ByteBuffer buffer = ByteBuffer.allocate((int) size);
      int read = 0;
      while (buffer.hasRemaining() && read >= 0) {
        read = channel.read(buffer);
      }
      return buffer.hasRemaining()
          ? Arrays.copyOf(buffer.array(), buffer.position())
          : buffer.array();
    }
  }

  /// Another user may have replaced the checked file by a FIFO. With write access as well, opening
  /// a FIFO does not block, and it has no bytes to read.
  private static Set<OpenOption> options(Path file) throws IOException {
    return isExchangeable(file)
        ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)
        : Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  /// Returns whether another user could replace a file that root checks.
  static boolean isExchangeable(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    return directory != null
        && DirectoryRights.isAnothers(directory)
        && !Files.getFileStore(directory).isReadOnly();
  }
}
