package dev.sexton.docker.internal.engine;

import java.io.IOException;
import java.io.Serial;

/// Thrown when an engine understood a request and refused it.
sealed class RefusedException extends IOException permits NotFoundException {
  @Serial private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}
