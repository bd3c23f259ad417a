package dev.sexton.mcp.deephaven;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Passes on everything except a secret, which a server may print when it starts. It holds back
/// only the last bytes that may be the beginning of the secret. Not thread-safe.
final class Redaction extends OutputStream {
  private static final byte[] INSTEAD = "[hidden]".getBytes(US_ASCII);

  private final OutputStream to;
  private final byte[] secret;

  /// How much of the secret has been seen and not passed on.
  private int seen;

  Redaction(OutputStream to, String secret) {
    this.to = to;
    this.secret = secret.getBytes(US_ASCII);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    ByteArrayOutputStream passed = new ByteArrayOutputStream(length + secret.length);
    for (int i = offset; i < offset + length; i++) {
      accept(bytes[i], passed);
    }
    passed.writeTo(to);
  }

  private void accept(byte next, ByteArrayOutputStream passed) {
    while (seen > 0 && secret[seen] != next) {
      int kept = longestBeginning();
      passed.write(secret, 0, seen - kept);
      seen = kept;
    }
    if (secret[seen] != next) {
      passed.write(next);
    } else if (++seen == secret.length) {
      passed.writeBytes(INSTEAD);
      seen = 0;
    }
  }

  /// Returns the length of the longest suffix of the seen bytes that the secret begins with.
  private int longestBeginning() {
    int length = seen - 1;
    while (length > 0 && !isBeginning(length)) {
      length--;
    }
    return length;
  }

  private boolean isBeginning(int length) {
    for (int i = 0; i < length; i++) {
      if (secret[seen - length + i] != secret[i]) {
        return false;
      }
    }
    return true;
  }

  /// Passes on what was held back, since nothing follows.
  void end() {
    try {
      to.write(secret, 0, seen);
    } catch (IOException forgotten) {
      return; // Nobody reads it any more.
    }
    seen = 0;
  }
}
