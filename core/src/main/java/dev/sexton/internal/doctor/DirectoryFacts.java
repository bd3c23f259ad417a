package dev.sexton.internal.doctor;

import dev.sexton.StateScope;
import dev.sexton.internal.Platform;
import dev.sexton.internal.state.Accounts;
import dev.sexton.internal.state.FileNames;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is known about a state directory. Each method looks anew.
public final class DirectoryFacts {
  private final FileStateDirectory directory;

  private DirectoryFacts(FileStateDirectory directory) {
    this.directory = directory;
  }

  /// Whether the locks of a file system work.
  public enum Locks {
    /// They do.
    WORK,
    /// They do not.
    FAIL,
    /// No lock file shows it.
    UNTESTED
  }

  /// Returns the facts about each state directory of a scope.
  public static List<DirectoryFacts> in(StateScope scope) {
    return StateDirectories.in(scope).stream().map(DirectoryFacts::new).toList();
  }

  /// Returns the path of the state directory.
  public Path path() {
    return directory.path();
  }

  /// Returns the path of the directory with the records.
  public Path instances() {
    return path().resolve("instances");
  }

  /// Returns why nothing in the directory is trusted, with the remedy; null if it is trusted.
  public @Nullable String untrustedReason() {
    return directory.untrustedReason();
  }

  /// Returns the names of the files among the records; null if they cannot be listed.
  public @Nullable List<String> files() {
    try {
      return directory.list();
    } catch (IOException unreadable) {
      return null;
    }
  }

  /// Returns whether the file system's locks work. Only probes these files. Changes nothing and
  /// disturbs no other process.
  public Locks locks(List<String> files) {
    for (String file : files) {
      if (file.endsWith(".lock")) {
        switch (Platform.locks().probeOwner(directory.file(file))) {
          case HELD, OURS, FREE -> {
            return Locks.WORK;
          }
          case UNKNOWN -> {
            return Locks.FAIL;
          }
          case MISSING, DENIED -> {} // Another file may show it.
        }
      }
    }
    return Locks.UNTESTED;
  }

  /// Returns whether other machines can access the file system.
  public boolean isShared() {
    return directory.isShared();
  }

  /// Returns the type of the file system.
  public String fileSystem() {
    try {
      return Files.getFileStore(path()).type();
    } catch (IOException unknown) {
      return "unknown file system";
    }
  }

  /// Returns whether the directory belongs to root and this process does not run as root.
  public boolean isRoots() {
    try {
      return Accounts.self() > 0
          && Files.getAttribute(path(), "unix:uid") instanceof Integer owner
          && owner == 0;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException notPosix) {
      return false;
    }
  }

  /// Returns whether the directory's group can write it.
  public boolean isGroupWritable() {
    try {
      Set<PosixFilePermission> rights = Files.getPosixFilePermissions(path());
      rights.addAll(Files.getPosixFilePermissions(instances()));
      return rights.contains(PosixFilePermission.GROUP_WRITE);
    } catch (IOException | UnsupportedOperationException notPosix) {
      return false;
    }
  }

  /// Returns whether a file in `instances/` was not made by any program that registers there.
  public static boolean isForeign(Path file) {
    return FileNames.kind(String.valueOf(file.getFileName())) == FileNames.Kind.FOREIGN;
  }
}
