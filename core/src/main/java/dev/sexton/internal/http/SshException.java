package dev.sexton.internal.http;

import java.io.IOException;
import java.io.Serial;

/// Thrown when ssh cannot connect to an engine. The message says why, and what to do.
final class SshException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  SshException(String message) {
    super(message);
  }
}
