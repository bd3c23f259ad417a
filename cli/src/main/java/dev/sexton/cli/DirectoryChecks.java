package dev.sexton.cli;

import dev.sexton.internal.Platform;
import dev.sexton.internal.state.Accounts;
import dev.sexton.internal.state.FileStateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;

/// Checks who owns the state directories, who can write to them, and whether locks work there.
final class DirectoryChecks {
  private DirectoryChecks() {}

  static void add(List<Check> checks, List<FileStateDirectory> directories) {
    for (FileStateDirectory directory : directories) {
      checks.add(check(directory));
    }
  }

  private static Check check(FileStateDirectory directory) {
    Path path = directory.path();
    Path instances = path.resolve("instances");
    String name = "state directory";
    if (!Files.exists(instances)) {
      return absent(name, path);
    }
    String distrust = directory.untrustedReason();
    if (distrust != null) {
      int remedy = distrust.lastIndexOf(": "); // A path may contain one as well.
      return Check.error(name, distrust.substring(0, remedy), distrust.substring(remedy + 2));
    }
    List<String> files;
    try {
      files = directory.list();
    } catch (IOException unreadable) {
      return Check.error(
          name, path + " cannot be read", "run as its owner, or chmod u+rwx " + instances);
    }
    if (!Files.isWritable(instances) || !Files.isWritable(path)) {
      return Check.error(
          name,
          path + " cannot be written, so nothing in it can be claimed",
          "run as its owner, or chmod u+rwx " + path + " " + instances);
    }
    return locks(name, directory, files);
  }

  private static Check absent(String name, Path path) {
    Path parent = path;
    while (parent.getParent() != null && !Files.exists(parent)) {
      parent = parent.getParent();
    }
    return Files.isDirectory(parent) && Files.isWritable(parent)
        ? Check.ok(name, path + " does not exist: no server has registered in it")
        : Check.error(
            name,
            path + " cannot be created: " + parent + " is not a writable directory",
            "choose another directory, or correct that");
  }

  private static Check locks(String name, FileStateDirectory directory, List<String> files) {
    Path path = directory.path();
    String kind = fileSystem(path);
    Boolean work = null;
    for (int i = 0; i < files.size() && work == null; i++) {
      if (files.get(i).endsWith(".lock")) {
        work = Platform.locksWork(path.resolve("instances").resolve(files.get(i)));
      }
    }
    if (Boolean.FALSE.equals(work)) {
      return Check.error(
          name,
          path + ": locks do not work on its file system (" + kind + ")",
          "move it to a local disk, with SEXTON_HOME or --state-dir");
    }
    if (directory.isShared()) {
      return Check.warning(
          name,
          path + " is on a file system that other machines can access (" + kind + ")",
          "move it to a local disk: records without a machine ID cannot be judged here");
    }
    String locks = work == null ? ", locks not tested because no lock file exists" : ", locks work";
    return rights(name, path, path + ": " + kind + locks);
  }

  private static Check rights(String name, Path path, String detail) {
    try {
      long owner = (Integer) Files.getAttribute(path, "unix:uid");
      long self = Accounts.self();
      if (self > 0 && owner == 0) {
        return Check.warning(
            name,
            detail + ", but it belongs to root",
            "sweep as root, or choose a directory of your own with SEXTON_HOME or --state-dir");
      }
      Set<PosixFilePermission> rights = Files.getPosixFilePermissions(path);
      rights.addAll(Files.getPosixFilePermissions(path.resolve("instances")));
      if (rights.contains(PosixFilePermission.GROUP_WRITE)) {
        return Check.ok(name, detail + ", writable by its group, which has no other member");
      }
    } catch (IOException
        | UnsupportedOperationException
        | IllegalArgumentException
        | ClassCastException notPosix) {
      return Check.ok(name, detail);
    }
    return Check.ok(name, detail);
  }

  private static String fileSystem(Path path) {
    try {
      return Files.getFileStore(path).type();
    } catch (IOException unknown) {
      return "unknown file system";
    }
  }
}
