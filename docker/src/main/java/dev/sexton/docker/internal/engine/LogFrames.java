package dev.sexton.docker.internal.engine;

import dev.sexton.internal.http.HttpStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;

/// Decodes the output that an engine sends for a container without a terminal. A frame has a head
/// of 8 bytes (the stream, three zeros, the length as a big-endian number) and that many bytes of
/// output. Each frame is passed on in pieces as they arrive and never held whole. If the output is
/// read again from the beginning, it is passed on from where the last read stopped. For use by one
/// thread.
final class LogFrames {
  private static final int HEAD_BYTES = 8;

  private final ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
  private final Copy stdout;
  private final Copy stderr;

  LogFrames(OutputStream stdout, OutputStream stderr) {
    this.stdout = new Copy(stdout);
    this.stderr = new Copy(stderr);
  }

  /// One of the two streams, and its position.
  private static final class Copy {
    private final OutputStream to;
    private long written;
    private long position;

    Copy(OutputStream to) {
      this.to = to;
    }

    void write(byte[] bytes, int offset, int count) throws IOException {
      int known = (int) Math.min(count, Math.max(0, written - position));
      to.write(bytes, offset + known, count - known);
      position += count;
      written = Math.max(written, position);
    }
  }

  /// Copies until the end of this stream, which starts at the beginning of the output.
  void copy(HttpStream stream) throws IOException {
    stdout.position = 0;
    stderr.position = 0;
    long left = 0;
    Copy out = stdout;
    for (ByteBuffer some = stream.next(); some.hasRemaining(); some = stream.next()) {
      while (some.hasRemaining()) {
        if (left == 0) {
          head.put(some.get());
          if (!head.hasRemaining()) {
            out = head.get(0) == 2 ? stderr : stdout;
            left = begin();
          }
        } else {
          int count = (int) Math.min(left, some.remaining());
          out.write(some.array(), some.arrayOffset() + some.position(), count);
          some.position(some.position() + count);
          left -= count;
        }
      }
      stdout.to.flush();
      stderr.to.flush();
    }
    if (left > 0 || head.position() > 0) {
      throw new ProtocolException("the output of a container ends in the middle of a frame");
    }
  }

  /// Returns the length of the frame whose head is complete.
  private long begin() throws IOException {
    int kindAndZeros = head.getInt(0);
    long length = Integer.toUnsignedLong(head.getInt(Integer.BYTES));
    head.clear();
    // 0 is the input written to stdin. 1 and 2 are stdout and stderr, as usual.
    if (kindAndZeros < 0 || kindAndZeros > 2 << 24 || (kindAndZeros & 0xFF_FFFF) != 0) {
      throw new ProtocolException("the output of a container is not in frames");
    }
    return length;
  }
}
