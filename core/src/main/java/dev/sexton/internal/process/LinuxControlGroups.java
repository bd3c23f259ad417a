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

/// Control groups of version 2, below `/sys/fs/cgroup`; see cgroups(7). A group of an instance is
/// called `sexton-UUID`, so no other instance has one of that name, and no system unit.
public final class LinuxControlGroups implements ControlGroups {
  /// Where systemd mounts the hierarchy, and everybody else does; systemd.exec(5).
  private static final String MOUNT = "/sys/fs/cgroup";

  private static final String PREFIX = "sexton-";

  /// The first group of an instance in a path.
  private static final Pattern OF_INSTANCE =
      Pattern.compile("/" + PREFIX + "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=/|$)");

  /// What runs is held when it next leaves the kernel, which takes less than a millisecond on an
  /// idle machine.
  private static final long FREEZE_NANOS = 100_000_000;

  private static final long FREEZE_PAUSE_NANOS = 200_000;

  /// Whether a group that a record names can be the instance's: one of its name, in the place where
  /// groups are. Anybody may write a record.
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

  /**
   * The group of a process, if we may make others below it.
   *
   * @return its directory; null if not
   */
  public static @Nullable String whereGroupsCanBe(long pid) {
    String path = pathOf(pid);
    File group = new File(MOUNT + path);
    // Whoever moves a process must be allowed to write to the group above both of its groups.
    return path != null && group.canWrite() && new File(group, "cgroup.procs").canWrite()
        ? group.getPath()
        : null;
  }

  @Override
  public boolean enter(String group, long pid) {
    return write(group, "cgroup.procs", Long.toString(pid));
  }

  /**
   * Moves a process out of the groups of all instances, to above the outermost. For what sees to an
   * instance and so must not end with one.
   */
  public static void leave(long pid) {
    String path = pathOf(pid);
    Matcher matcher = OF_INSTANCE.matcher(path == null ? "" : path);
    if (path != null && matcher.find()) {
      write(MOUNT + path.substring(0, matcher.start()), "cgroup.procs", Long.toString(pid));
    }
  }

  /// The group of a process in the hierarchy of version 2, as a path in it; empty for its root,
  /// null if there is no such hierarchy, or the group lies outside what is seen here of it.
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
          // The kernel itself says 0 for a process of another PID namespace.
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
  /// @param unreadable is told of each that is there and cannot be read
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

  /// Whether a group is there, and no link leads to it. Only the system's administrator puts
  /// anything but control groups where the path of one begins.
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
        return false; // One of them hangs in the kernel.
      }
      LockSupport.parkNanos(FREEZE_PAUSE_NANOS);
    }
    return true;
  }

  @Override
  public void kill(String group) {
    if (isThere(Path.of(group))) {
      write(group, "cgroup.kill", "1"); // Since Linux 5.14; before, signals have to do.
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
    // The deepest first. The kernel removes no group in which a process is; what an instance that
    // has ended left around this one is empty now, perhaps.
    below.reversed().forEach(directory -> directory.toFile().delete());
    Path above = top.getParent();
    while (above != null && String.valueOf(above.getFileName()).startsWith(PREFIX)) {
      if (!above.toFile().delete()) {
        return;
      }
      above = above.getParent();
    }
  }

  /// Writes without making a file where there is none.
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
