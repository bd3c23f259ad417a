package dev.sexton.mcp.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.UUID;

/// The last bytes of an output, in a file of limited size. The file has no name once it is open, so
/// it disappears when this process ends in any way. Thread-safe.
public final class OutputRing extends OutputStream implements Closeable {
  /// A piece of an output.
  ///
  /// @param text decoded as UTF-8, with invalid bytes replaced
  /// @param from the position of its first byte in everything that was ever written
  /// @param next the position to continue from
  /// @param skipped how many requested bytes before it are no longer kept
  public record Piece(String text, long from, long next, long skipped) {}

  private final FileChannel file;
  private final long capacity;
  private long end;
  private Instant lastWrite = Instant.now();

  /// Creates an empty ring.
  ///
  /// @param directory the directory of its file; created if it does not exist
  /// @param capacity how many bytes it keeps
  public OutputRing(Path directory, long capacity) throws IOException {
    Files.createDirectories(directory);
    this.capacity = capacity;
    this.file =
        FileChannel.open(
            directory.resolve(".output-" + UUID.randomUUID()),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      long at = end % capacity;
      int count = (int) Math.min(left, capacity - at);
      ByteBuffer buffer = ByteBuffer.wrap(bytes, from, count);
      while (buffer.hasRemaining()) {
        at += file.write(buffer, at);
      }
      from += count;
      left -= count;
      end += count;
    }
    lastWrite = Instant.now();
  }

  /// Returns how many bytes were ever written.
  public synchronized long end() {
    return end;
  }

  /// Returns the time of the last write, or of the creation if there was none.
  public synchronized Instant lastWrite() {
    return lastWrite;
  }

  /// Returns the last lines, in at most `maxBytes` bytes.
  public synchronized Piece lastLines(int lines, int maxBytes) throws IOException {
    long from = Math.max(Math.max(0, end - capacity), end - maxBytes);
    byte[] bytes = bytes(from, end);
    int start = bytes.length;
    int found = 0;
    while (start > 0) {
      if (bytes[start - 1] == '\n' && start < bytes.length && ++found >= lines) {
        break;
      }
      start--;
    }
    int whole = start == 0 && from > 0 ? firstCharacter(bytes) : start;
    return piece(from + whole, bytes, whole, 0);
  }

  /// Returns what was written from a position on, at most `maxBytes` of it.
  public synchronized Piece from(long position, int maxBytes) throws IOException {
    long asked = Math.clamp(position, 0, end);
    long from = Math.max(asked, end - capacity);
    byte[] bytes = bytes(from, Math.min(end, from + maxBytes));
    int start = from > asked ? firstCharacter(bytes) : 0;
    return piece(from + start, bytes, start, from + start - asked);
  }

  /// Returns the start of the first character, after the rest of one whose beginning is not kept.
  private static int firstCharacter(byte[] bytes) {
    int start = 0;
    while (start < Math.min(3, bytes.length) && (bytes[start] & 0xC0) == 0x80) {
      start++;
    }
    return start;
  }

  /// Leaves an incomplete last character to the next piece.
  private Piece piece(long from, byte[] bytes, int start, long skipped) {
    int stop = bytes.length;
    int back = stop - 1;
    while (back >= start && back > stop - 4 && (bytes[back] & 0xC0) == 0x80) {
      back--;
    }
    if (back >= start && stop - back < length(bytes[back])) {
      stop = back;
    }
    int length = Math.max(0, stop - start);
    return new Piece(new String(bytes, start, length, UTF_8), from, from + length, skipped);
  }

  /// Returns how many bytes a character has that begins with this byte.
  private static int length(byte first) {
    if ((first & 0xE0) == 0xC0) {
      return 2;
    }
    if ((first & 0xF0) == 0xE0) {
      return 3;
    }
    return (first & 0xF8) == 0xF0 ? 4 : 1;
  }

  private byte[] bytes(long from, long to) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) (to - from));
    while (buffer.hasRemaining()) {
      long at = (from + buffer.position()) % capacity;
      buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + (capacity - at)));
      if (file.read(buffer, at) < 0) {
        throw new IOException("the file of an output is shorter than the data written to it");
      }
      buffer.limit(buffer.capacity());
    }
    return buffer.array();
  }

  @Override
  public synchronized void close() {
    try {
      file.close();
    } catch (ClosedChannelException already) {
      return;
    } catch (IOException failed) {
      return; // Nothing is lost, since nobody reads it any more.
    }
  }
}
