package dev.sexton.kubernetes.internal.api;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sexton.internal.http.PercentEncoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// How far the log of a container was copied. Each line of a log begins with its time, which is
/// left out of the copy. A later request begins with the second in which the last line was written.
/// What was copied before is then skipped, and half a line is completed. For use by one thread.
final class LogPosition {
  /// As long as a time with nanoseconds and an offset, and some more.
  private static final int LONGEST_TIME = 48;

  private @Nullable Instant last;

  /// The number of bytes copied of the lines with the last time.
  private long copied;

  /// The number of bytes of such lines that the current response repeats.
  private long repeated;

  /// Whether the current response may repeat what was copied.
  private boolean catchingUp;

  /// Whether the current line is older than the last one that was copied.
  private boolean old;

  private boolean inTime = true;
  private final ByteArrayOutputStream time = new ByteArrayOutputStream();

  /// Returns the part of a query that asks for the rest.
  String query() {
    // The API passes on whole seconds only.
    return last == null
        ? ""
        : "&sinceTime=" + PercentEncoding.encode(last.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /// Begins with a new response.
  void begin() {
    catchingUp = last != null;
    repeated = copied;
    old = false;
    inTime = true;
    time.reset();
  }

  /// Copies what is new in a piece of the response.
  void copy(ByteBuffer piece, OutputStream output) throws IOException {
    byte[] bytes = piece.array();
    int at = piece.arrayOffset() + piece.position();
    int end = at + piece.remaining();
    while (at < end) {
      if (inTime) {
        byte next = bytes[at++];
        if (next == ' ' || next == '\n' || time.size() >= LONGEST_TIME) {
          inTime = next == '\n';
          beginLine(next, output);
        } else {
          time.write(next);
        }
      } else {
        int from = at;
        while (at < end && !inTime) {
          inTime = bytes[at++] == '\n';
        }
        text(bytes, from, at, output);
      }
    }
  }

  private void beginLine(byte separator, OutputStream output) throws IOException {
    Instant parsed = null;
    try {
      parsed = Instant.parse(time.toString(US_ASCII));
    } catch (DateTimeException noTime) {
      // A message of the node's own. It is copied whole.
    }
    if (parsed == null) {
      old = false;
      time.write(separator);
      time.writeTo(output);
    } else {
      old = catchingUp && last != null && parsed.isBefore(last);
      if (!old && !parsed.equals(last)) {
        last = parsed;
        copied = 0;
        catchingUp = false;
      }
      if (separator == '\n') {
        text(new byte[] {'\n'}, 0, 1, output);
      }
    }
    time.reset();
  }

  private void text(byte[] bytes, int from, int to, OutputStream output) throws IOException {
    if (old) {
      return;
    }
    int skipped = catchingUp ? (int) Math.min(repeated, to - from) : 0;
    repeated -= skipped;
    int length = to - from - skipped;
    if (length > 0) {
      output.write(bytes, from + skipped, length);
      copied += length;
    }
  }
}
