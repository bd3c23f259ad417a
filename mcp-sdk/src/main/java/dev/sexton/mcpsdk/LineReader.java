package dev.sexton.mcpsdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Reads lines of UTF-8, and buffers at most the allowed length of each.
final class LineReader {
  /// Thrown when a line is too long to be buffered.
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1;

    TooLong(int limit) {
      super("a line is longer than " + limit + " bytes");
    }
  }

  private final InputStream input;
  private final int limit;
  private final byte[] buffer = new byte[8192];
  private int position;
  private int end;

  LineReader(InputStream input, int limit) {
    this.input = input;
    this.limit = limit;
  }

  /// Returns the next line without its end, which is `\n` or `\r\n`; null at the end of the input.
  ///
  /// @throws TooLong if the line is too long; the following line can then be read
  @Nullable String next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean tooLong = false;
    boolean any = false;
    while (position < end || fill()) {
      any = true;
      int from = position;
      while (position < end && buffer[position] != '\n') {
        position++;
      }
      tooLong |= line.size() + (position - from) > limit;
      if (!tooLong) {
        line.write(buffer, from, position - from);
      }
      if (position < end) {
        position++;
        break;
      }
    }
    if (tooLong) {
      throw new TooLong(limit);
    }
    String text = line.toString(UTF_8);
    return any ? text.endsWith("\r") ? text.substring(0, text.length() - 1) : text : null;
  }

  private boolean fill() throws IOException {
    position = 0;
    end = Math.max(0, input.read(buffer));
    return end > 0;
  }
}
