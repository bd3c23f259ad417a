package dev.sexton.internal.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The journal's two files: the current one and the previous one. Lines are appended without a
/// lock, each time in one write. Only rotation needs a lock. If two processes rotated, the second
/// would replace the previous journal by the few lines of the new one.
final class JournalFile {
  /// A journal grows to 8 MiB, about 30,000 stops, and then becomes the previous one.
  private static final long LIMIT_BYTES = 8L << 20;

  /// At most this much of each file is read. Writers that cannot rotate it continue to write.
  private static final int MOST_BYTES = (int) (4 * LIMIT_BYTES);

  /// How often a journal may be rotated while lines are written or read.
  private static final int ATTEMPTS = 20;

  private static final Set<OpenOption> APPEND =
      Set.of(StandardOpenOption.APPEND, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS);

  private static final Set<OpenOption> READ_AND_WRITE =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

  private static final Set<OpenOption> OPEN_OR_CREATE =
      Set.of(
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          StandardOpenOption.CREATE,
          LinkOption.NOFOLLOW_LINKS);

  private final Path journal;
  private final Path old;
  private final Path lock;

  JournalFile(Path directory) {
    this.journal = directory.resolve(FileNames.JOURNAL);
    this.old = directory.resolve(FileNames.OLD_JOURNAL);
    this.lock = directory.resolve(FileNames.JOURNAL_LOCK);
  }

  /// Appends lines, each as a whole, and rotates the journal if it has grown too large.
  void append(List<String> lines, FileAttribute<?>[] mode) throws IOException {
    requireTrusted(journal);
    requireTrusted(old);
    byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      for (int attempt = 1; !append(bytes, mode) && attempt < ATTEMPTS; attempt++) {
        requireRegular(journal);
      }
    } catch (IOException failed) {
      throw FileChanges.failure(journal, failed);
    }
    BasicFileAttributes written = attributes(journal);
    if (written != null && written.size() > LIMIT_BYTES) {
      rotate(mode);
    }
  }

  /// Returns whether the lines are in one of the two files, and not in a file older than both.
  private boolean append(byte[] lines, FileAttribute<?>[] mode) throws IOException {
    boolean torn = isTorn();
    boolean exchangeable = RecordFile.isExchangeable(journal);
    try (SeekableByteChannel channel =
        Files.newByteChannel(journal, exchangeable ? OPEN_OR_CREATE : APPEND, mode)) {
      if (exchangeable) {
        channel.position(channel.size()); // Fails if it is not a regular file.
      }
      Object opened = key(journal);
      // One write, so that the lines of two sweepers do not mix.
      ByteBuffer buffer = ByteBuffer.allocate(lines.length + 1);
      if (torn) {
        buffer.put((byte) '\n');
      }
      buffer.put(lines).flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      return opened == null || opened.equals(key(journal)) || opened.equals(key(old));
    }
  }

  /// Returns whether the last line is unterminated because the disk was full. The next line would
  /// join it.
  private boolean isTorn() throws IOException {
    BasicFileAttributes attributes = attributes(journal);
    if (attributes == null || attributes.size() == 0) {
      return false;
    }
    // With write access as well, opening a FIFO that was put here meanwhile does not block. Setting
    // its position is an error.
    try (SeekableByteChannel channel = Files.newByteChannel(journal, READ_AND_WRITE)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      channel.position(Math.max(0, channel.size() - 1));
      return channel.read(last) == 1 && last.get(0) != '\n';
    } catch (NoSuchFileException rotatedMeanwhile) {
      return false;
    }
  }

  /// Makes the journal the previous one, unless another thread or process is rotating it.
  private void rotate(FileAttribute<?>[] mode) throws IOException {
    requireRegular(lock);
    // Equal interned strings are the same object in all class loaders of a JVM. Closing a second
    // channel on the lock file would cost the first one its lock.
    synchronized ((JournalFile.class.getName() + ":" + lock.toAbsolutePath()).intern()) {
      try (FileChannel channel = FileChannel.open(lock, OPEN_OR_CREATE, mode);
          FileLock held = channel.tryLock()) {
        BasicFileAttributes now = attributes(journal);
        if (held != null && now != null && now.size() > LIMIT_BYTES) {
          FileChanges.move(
              journal, old, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
      } catch (OverlappingFileLockException anotherIsAtIt) {
        return;
      } catch (UnsupportedOperationException noLocksHere) {
        return; // It grows until a user moves it away.
      } catch (IOException failed) {
        throw FileChanges.failure(lock, failed);
      }
    }
  }

  /// Opening a FIFO for writing would block until a process reads it.
  private static void requireRegular(Path file) throws IOException {
    // One call, because another sweeper may rotate the journal between two.
    BasicFileAttributes found = attributes(file);
    if (found != null && !found.isRegularFile()) {
      throw new IOException(file + " is not a regular file: move it away");
    }
  }

  /// A journal that other users wrote, or can write, is not evidence, and nothing is added to it.
  private static void requireTrusted(Path file) throws IOException {
    requireRegular(file);
    if (FileModes.isDefault(file) && FileModes.isPosix(file)) {
      String defect = StrictModes.fileDefect(file);
      if (defect != null) {
        throw new IOException(file + " is not trusted: " + defect);
      }
    }
  }

  private static @Nullable BasicFileAttributes attributes(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException none) {
      return null;
    }
  }

  private static @Nullable Object key(Path file) throws IOException {
    BasicFileAttributes attributes = attributes(file);
    return attributes == null ? null : attributes.fileKey();
  }

  /// Returns all lines, the oldest first.
  ///
  /// @throws IOException if others can write one of the files
  List<String> read() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      lines.clear();
      Object before = key(old);
      add(old, lines);
      add(journal, lines);
      if (Objects.equals(before, key(old))) {
        break; // Else the journal was rotated and has not been read.
      }
    }
    return lines;
  }

  private static void add(Path file, List<String> lines) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    requireTrusted(file);
    try {
      // A line that is being written, or was truncated, must not cost the others.
      byte[] bytes = RecordFile.bytes(file, MOST_BYTES);
      new String(bytes, StandardCharsets.UTF_8).lines().forEach(lines::add);
    } catch (NoSuchFileException rotatedMeanwhile) {
      return;
    }
  }
}
