package dev.sexton.internal.state;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Lists the files of a directory.
final class FileListing {
  /// Replaces undecodable bytes in a file name. Such a name leads to no file.
  private static final char UNDECODABLE = '\uFFFD';

  private FileListing() {}

  /// Returns the names that lead back to their files. Empty if there is no such directory.
  ///
  /// @throws IOException if the directory cannot be listed
  static List<String> names(Path directory) throws IOException {
    if (FileModes.isDefault(directory)) {
      String[] names = directory.toFile().list(); // No path object for each of 10,000 files.
      if (names != null) {
        List<String> readable = new ArrayList<>(names.length);
        for (String name : names) {
          if (name.indexOf(UNDECODABLE) < 0) {
            readable.add(name);
          }
        }
        return readable;
      }
    }
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (leadsTo(directory, file, name)) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException absent) {
      return List.of();
    } catch (DirectoryIteratorException unreadable) {
      throw unreadable.getCause();
    }
    return names;
  }

  /// Returns whether a name leads back to its file. An undecodable name is not a record's.
  private static boolean leadsTo(Path directory, Path file, String name) {
    try {
      return directory.resolve(name).equals(file);
    } catch (InvalidPathException noText) {
      return false;
    }
  }
}
