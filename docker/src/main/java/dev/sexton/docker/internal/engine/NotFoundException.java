package dev.sexton.docker.internal.engine;

import java.io.Serial;

/** An engine said that it has no such thing. */
final class NotFoundException extends RefusedException {
  @Serial private static final long serialVersionUID = 1;

  NotFoundException(String message) {
    super(message);
  }
}
