package dev.sexton.internal.http;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;

/// Explains why connecting to a socket failed, and what to do.
final class ConnectProblem {
  private ConnectProblem() {}

  /// Examines the file instead of the message, which is in the user's language.
  static IOException explain(String name, Address address, String program, IOException cause) {
    return new IOException(name + " cannot be reached: " + reason(address, program, cause), cause);
  }

  private static String reason(Address address, String program, IOException cause) {
    String message = cause.getMessage();
    if (address instanceof Address.Unix unix) {
      Path path = unix.path();
      // "!exists" would also be true if a directory on the path may not be entered.
      if (Files.notExists(path)) {
        return "there is no such socket; is the engine installed, and is its daemon running?";
      }
      if (!Files.isWritable(path)) {
        return "no permission; " + remedy(path);
      }
    }
    if (cause instanceof ConnectException) {
      return message + "; is its " + program + " running?";
    }
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private static String remedy(Path path) {
    try {
      PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
      return "add this user to the group "
          + attributes.group().getName()
          + ", or run as "
          + attributes.owner().getName();
    } catch (IOException | UnsupportedOperationException e) {
      return "add this user to the group docker, or run as the socket's owner";
    }
  }
}
