package dev.sexton.internal.process;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Version 2 control groups below `/sys/fs/cgroup`. See cgroups(7). An instance's group is called
/// `sexton-UUID`, so no other instance and no system unit has a group of that name.
public final class LinuxControlGroups implements ControlGroups {
  /// Where systemd and all others mount the hierarchy. See systemd.exec(5).
  private static final String MOUNT = "/sys/fs/cgroup";

  private static final String PREFIX = "sexton-";

  /// Matches the first group of an instance in a path.
  private static final Pattern OF_INSTANCE =
      Pattern.compile("/" + PREFIX + "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=/|$)");

  /// The timeout for freezing. A running process freezes when it next leaves the kernel. That takes
  /// less than a millisecond on an idle machine.
  private static final long FREEZE_NANOS = 100_000_000;

  private static final long FREEZE_PAUSE_NANOS = 200_000;

  /// The timeout for removing an empty group. A process that has ended leaves its group slightly
  /// after that, when its processor turns to another one.
  private static final long REMOVAL_NANOS = 1_000_000_000;

  /// The timeout if a process in the group seems to live. It may be about to end, or be kept.
  private static final long DYING_NANOS = 100_000_000;

  private static final long REMOVAL_PAUSE_NANOS = 1_000_000;

  /// Returns whether a group that a record names can be the instance's: it has the instance's name
  /// and is where groups are. Any user may write a record.
  public static boolean isGroupOf(String instanceId, String group) {
    return group.startsWith(MOUNT + "/")
        && group.endsWith("/" + PREFIX + instanceId)
        && !(group + "/").contains("/../")
        && !(group + "/").contains("/./")
        && !group.contains("//");
  }

  @Override
  public @Nullable String create(String instanceId, long pid) {
    String above = whereGroupsCanBe(pid);
    File group = new File(above, PREFIX + instanceId);
    return above != null && group.mkdir() ? group.getPath() : null;
  }

  /// Returns a process's group if this process may create others below it.
  ///
  /// @return the group's directory, or null
  public static @Nullable String whereGroupsCanBe(long pid) {
    String path = pathOf(pid);
    File group = new File(MOUNT + path);
    // Moving a process requires write permission for the common ancestor of both its groups.
    return path != null && group.canWrite() && new File(group, "cgroup.procs").canWrite()
        ? group.getPath()
        : null;
  }

  @Override
  public boolean enter(String group, long pid) {
    return write(group, "cgroup.procs", Long.toString(pid));
  }

  /// Moves a process out of the groups of all instances, to above the outermost one. For a process
  /// that takes care of an instance and so must not end with one.
  public static void leave(long pid) {
    String path = pathOf(pid);
    Matcher matcher = OF_INSTANCE.matcher(path == null ? "" : path);
    if (path != null && matcher.find()) {
      write(MOUNT + path.substring(0, matcher.start()), "cgroup.procs", Long.toString(pid));
    }
  }

  /// Returns a process's group as a path in the version 2 hierarchy. Empty for its root. Null if
  /// there is no such hierarchy or the group is outside the visible part of it.
  private static @Nullable String pathOf(long pid) {
    for (String line : ProcFiles.text("/proc/" + pid + "/cgroup").split("\n", -1)) {
      if (line.startsWith("0::/") && !line.contains("/../")) {
        return line.equals("0::/") ? "" : line.substring("0::".length());
      }
    }
    return null;
  }

  @Override
  public Set<Long> members(String group) {
    return list(group, false);
  }

  @Override
  public Set<Long> everyone(String group) {
    return list(group, true);
  }

  private static Set<Long> list(String group, boolean withOthers) {
    Set<Long> members = new HashSet<>();
    Path top = Path.of(group);
    if (!isThere(top)) {
      return members;
    }
    walk(
        top,
        directory -> {
          boolean isOthers =
              !directory.equals(top)
                  && OF_INSTANCE.matcher("/" + directory.getFileName()).matches();
          if (isOthers && !withOthers) {
            return FileVisitResult.SKIP_SUBTREE;
          }
          // The kernel shows 0 for a process of another PID namespace.
          Files.readString(directory.resolve("cgroup.procs"), StandardCharsets.US_ASCII)
              .lines()
              .forEach(pid -> members.add(Long.parseLong(pid)));
          return FileVisitResult.CONTINUE;
        },
        () -> members.add(UNSEEN));
    return members;
  }

  private interface Visit {
    FileVisitResult at(Path directory) throws IOException;
  }

  /// Visits a group and those below it.
  ///
  /// @param unreadable is called for each group that exists but cannot be read
  private static void walk(Path top, Visit visit, Runnable unreadable) {
    try {
      Files.walkFileTree(
          top,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes) {
              try {
                return visit.at(at);
              } catch (IOException failed) {
                return visitFileFailed(at, failed);
              }
            }

            @Override
            public FileVisitResult visitFileFailed(Path at, IOException failed) {
              if (!(failed instanceof NoSuchFileException)) {
                unreadable.run();
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path at, @Nullable IOException failed) {
              if (failed != null) {
                unreadable.run();
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException failed) {
      unreadable.run();
    }
  }

  /// Returns whether a group exists and no link leads to it. Only the system administrator puts
  /// anything other than control groups at the start of such a path.
  private static boolean isThere(Path group) {
    try {
      return Files.isDirectory(group, LinkOption.NOFOLLOW_LINKS)
          && group.toRealPath().equals(group);
    } catch (IOException gone) {
      return false;
    }
  }

  @Override
  public boolean contains(String group, long pid) {
    return (MOUNT + pathOf(pid) + "/").startsWith(group + "/");
  }

  @Override
  public boolean freeze(String group, boolean frozen) {
    if (!isThere(Path.of(group)) || !write(group, "cgroup.freeze", frozen ? "1" : "0")) {
      return false;
    }
    long begun = System.nanoTime();
    while (frozen && !ProcFiles.text(group + "/cgroup.events").contains("frozen 1")) {
      if (System.nanoTime() - begun > FREEZE_NANOS) {
        return false; // A process hangs in the kernel.
      }
      LockSupport.parkNanos(FREEZE_PAUSE_NANOS);
    }
    return true;
  }

  @Override
  public void kill(String group) {
    if (isThere(Path.of(group))) {
      write(group, "cgroup.kill", "1"); // Since Linux 5.14. Earlier kernels need signals.
    }
  }

  @Override
  public void remove(String group) {
    Path top = Path.of(group);
    if (!isThere(top)) {
      return;
    }
    List<Path> below = new ArrayList<>();
    walk(
        top,
        directory -> {
          below.add(directory);
          return FileVisitResult.CONTINUE;
        },
        () -> {});
    long begun = System.nanoTime();
    deleteAll(below);
    while (isThere(top)
        && System.nanoTime() - begun < (holdsLiving(group) ? DYING_NANOS : REMOVAL_NANOS)) {
      LockSupport.parkNanos(REMOVAL_PAUSE_NANOS);
      deleteAll(below);
    }
    Path above = top.getParent();
    while (above != null && String.valueOf(above.getFileName()).startsWith(PREFIX)) {
      if (!above.toFile().delete()) {
        return;
      }
      above = above.getParent();
    }
  }

  /// Removes groups, the deepest first. The kernel removes none that contains a process. Groups
  /// that an ended instance left around this one may be empty now.
  private static void deleteAll(List<Path> directories) {
    directories.reversed().forEach(directory -> directory.toFile().delete());
  }

  /// Returns whether a process in a group, or in one below it, has not ended or cannot be seen.
  private static boolean holdsLiving(String group) {
    for (long pid : list(group, true)) {
      if (pid == UNSEEN) {
        return true;
      }
      try {
        ProcessInfo process = ProcFiles.stat(pid);
        if (process != null && process.isAlive()) {
          return true;
        }
      } catch (IOException hidden) {
        return true;
      }
    }
    return false;
  }

  /// Writes to an existing file without creating one.
  private static boolean write(String group, String name, String value) {
    try {
      Files.writeString(
          Path.of(group, name), value, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
      return true;
    } catch (IOException refused) {
      return false;
    }
  }
}
