package dev.sexton.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Texts of files, for the messages of failures.
public final class Texts {
  private Texts() {}

  /// Returns the text of a file, or the reason why it cannot be read.
  public static String of(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException | UncheckedIOException unreadable) {
      return unreadable.toString();
    }
  }

  /// Returns the names and texts of all files below a directory, which may change meanwhile.
  public static String below(Path directory) {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        text.append(file).append(":\n").append(Files.readString(file)).append('\n');
      }
    } catch (IOException | UncheckedIOException removedMeanwhile) {
      text.append(removedMeanwhile);
    }
    return text.toString();
  }
}
