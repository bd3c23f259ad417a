package dev.sexton.internal.lock;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Holds a byte of a lock file in a separate JVM until its stdin ends.
public final class LockHolder {
  private LockHolder() {}

  /// Takes a command and a lock file.
  ///
  /// `own` and `sweep` hold the respective lock. `stare` holds the shared lock of a probe. `look`
  /// probes all files beside the lock file until this program is ended.
  public static void main(String[] args) throws IOException {
    FileInstanceLocks locks = new FileInstanceLocks();
    Path file = Path.of(args[1]);
    switch (args[0]) {
      case "look" -> look(locks, file.resolveSibling("."));
      case "stare" -> stare(file);
      default -> hold(locks, args[0], file);
    }
  }

  private static void hold(FileInstanceLocks locks, String what, Path file) throws IOException {
    InstanceLocks.Held held =
        what.equals("own") ? locks.lockAsOwner(file) : locks.lockAsSweeper(file);
    say(held == null ? "refused" : "held");
    while (System.in.read() >= 0) {
      say(locks.probeOwner(file).toString());
    }
    if (held != null) {
      held.close();
    }
  }

  private static void stare(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        FileLock lock = channel.tryLock(0, 1, true)) {
      say(lock == null ? "refused" : "held");
      while (System.in.read() >= 0) {
        say("still");
      }
    }
  }

  private static void look(FileInstanceLocks locks, Path directory) throws IOException {
    say("looks");
    while (System.in.available() == 0) {
      String[] names = directory.toFile().list();
      for (String name : names == null ? new String[0] : names) {
        locks.probeOwner(directory.resolve(name));
      }
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
