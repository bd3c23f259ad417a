package dev.sexton.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Texts of files: for the messages of failures, and of documents that are compared with code.
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

  /// Returns the first cells of the rows of a document's first table after a heading.
  ///
  /// @param heading the heading's line, which the document must have
  public static List<String> firstColumn(Path document, String heading) throws IOException {
    List<String> lines = Files.readAllLines(document);
    return lines.subList(lines.indexOf(heading), lines.size()).stream()
        .dropWhile(line -> !line.startsWith("|---"))
        .skip(1)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.split("\\|", -1)[1].strip())
        .toList();
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
