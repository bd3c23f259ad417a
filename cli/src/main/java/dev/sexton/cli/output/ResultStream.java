package dev.sexton.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/// Stdout that remembers why a write failed. A [PrintStream] only remembers that one did.
public final class ResultStream extends PrintStream {
  private static final int BUFFER = 1 << 16;

  /// The JDK's message for a pipe whose reader has gone.
  private static final String NO_READER = "Broken pipe";

  private final Remembering file;

  private ResultStream(Remembering file) {
    super(new BufferedOutputStream(file, BUFFER), false, UTF_8);
    this.file = file;
  }

  /// Returns a stream to the stdout of this process, in UTF-8 because names are.
  static ResultStream ofProcess() {
    return of(new FileOutputStream(FileDescriptor.out));
  }

  /// Returns a stream to another target.
  static ResultStream of(OutputStream file) {
    return new ResultStream(new Remembering(file));
  }

  /// Returns why output was lost; null if none was, or if the reader has gone: `sexton list | head
  /// -1` has all that it needs.
  public static @Nullable String loss(PrintStream stream) {
    if (!stream.checkError()) {
      return null;
    }
    IOException failure = stream instanceof ResultStream result ? result.file.failure : null;
    String reason = failure == null ? "write error" : String.valueOf(failure.getMessage());
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
