package dev.sexton.internal.state;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks the modes of files, as far as their file system has any.
final class FileModes {
  private FileModes() {}

  /// Returns whether the file system of a path has POSIX modes.
  static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /// Returns whether a file is in the file system of this machine, and not in one in memory.
  static boolean isDefault(Path file) {
    return file.getFileSystem().equals(FileSystems.getDefault());
  }

  /// Returns whether users other than the file's owner can write it.
  static boolean writableByOthers(Path file, Set<PosixFilePermission> permissions) {
    return permissions.contains(PosixFilePermission.OTHERS_WRITE)
        || (permissions.contains(PosixFilePermission.GROUP_WRITE)
            && isDefault(file)
            && StrictModes.othersCanWrite(file));
  }

  /// Returns why a state directory in an in-memory file system is not trusted; null if it is. Its
  /// users are not those of this machine.
  static @Nullable String defect(Path directory, Path instances) {
    for (Path path : List.of(directory, instances)) {
      try {
        if (Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_WRITE)) {
          return path
              + " can be written by everyone, so everything in it is ignored: chmod o-w "
              + path;
        }
      } catch (IOException absentOrUnreadable) {
        // Reported when the directory is listed.
      }
    }
    return null;
  }
}
