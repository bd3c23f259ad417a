package dev.sexton.cli.doctor;

import dev.sexton.internal.doctor.DirectoryFacts;
import dev.sexton.internal.doctor.DirectoryFacts.Locks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Checks who owns the state directories, who can write to them, and whether locks work there.
final class DirectoryChecks {
  private DirectoryChecks() {}

  static void add(List<Check> checks, List<DirectoryFacts> directories) {
    for (DirectoryFacts directory : directories) {
      checks.add(check(directory));
    }
  }

  private static Check check(DirectoryFacts directory) {
    Path path = directory.path();
    Path instances = directory.instances();
    String name = "state directory";
    if (!Files.exists(instances)) {
      return absent(name, path);
    }
    String distrust = directory.untrustedReason();
    if (distrust != null) {
      int remedy = distrust.lastIndexOf(": "); // A path may contain one as well.
      return Check.error(name, distrust.substring(0, remedy), distrust.substring(remedy + 2));
    }
    List<String> files = directory.files();
    if (files == null) {
      return Check.error(
          name, path + " cannot be read", "run as its owner, or chmod u+rwx " + instances);
    }
    if (!Files.isWritable(instances) || !Files.isWritable(path)) {
      return Check.error(
          name,
          path + " is not writable, so nothing in it can be claimed",
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
            "choose another directory, or fix this");
  }

  private static Check locks(String name, DirectoryFacts directory, List<String> files) {
    Path path = directory.path();
    String kind = directory.fileSystem();
    Locks locks = directory.locks(files);
    if (locks == Locks.FAIL) {
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
    String tested =
        locks == Locks.UNTESTED ? ", locks not tested because no lock file exists" : ", locks work";
    return rights(name, directory, path + ": " + kind + tested);
  }

  private static Check rights(String name, DirectoryFacts directory, String detail) {
    if (directory.isRoots()) {
      return Check.warning(
          name,
          detail + ", but it belongs to root",
          "sweep as root, or choose a directory of your own with SEXTON_HOME or --state-dir");
    }
    return Check.ok(
        name,
        directory.isGroupWritable()
            ? detail + ", writable by its group, which has no other member"
            : detail);
  }
}
