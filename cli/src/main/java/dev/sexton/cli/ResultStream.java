package dev.sexton.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/// Stdout, which remembers why it could not be written to: a [PrintStream] alone only remembers
/// that.
final class ResultStream extends PrintStream {
  private static final int BUFFER = 1 << 16;

  /// What the kernel calls a pipe whose reader has gone, in the JDK's words.
  private static final String NO_READER = "Broken pipe";

  private final Remembering file;

  private ResultStream(Remembering file) {
    super(new BufferedOutputStream(file, BUFFER), false, UTF_8);
    this.file = file;
  }

  /// Writes to the stdout of this process. UTF-8, because names are.
  static ResultStream ofProcess() {
    return of(new FileOutputStream(FileDescriptor.out));
  }

  /// Writes to another place.
  static ResultStream of(OutputStream file) {
    return new ResultStream(new Remembering(file));
  }

  /// Returns why a result was lost; null if none was, or if nobody reads it any more: `sexton list
  /// | head -1` has what it wants.
  static @Nullable String loss(PrintStream stream) {
    if (!stream.checkError()) {
      return null;
    }
    IOException failure = stream instanceof ResultStream result ? result.file.failure : null;
    String reason =
        failure == null ? "it cannot be written to" : String.valueOf(failure.getMessage());
    return reason.contains(NO_READER) ? null : reason;
  }

  private static final class Remembering extends OutputStream {
    private final OutputStream file;
    private @Nullable IOException failure;

    Remembering(OutputStream file) {
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        file.write(bytes, offset, length);
      } catch (IOException failed) {
        failure = failure == null ? failed : failure;
        throw failed;
      }
    }
  }
}
