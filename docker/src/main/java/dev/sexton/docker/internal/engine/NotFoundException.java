package dev.sexton.docker.internal.engine;

import java.io.Serial;

/// Thrown when an engine reports that a resource does not exist.
final class NotFoundException extends RefusedException {
  @Serial private static final long serialVersionUID = 1;

  NotFoundException(String message) {
    super(message);
  }
}
