package dev.sexton.internal.lock;

import java.io.IOException;
import java.nio.file.Path;

/** Holds a byte of a lock file in a JVM of its own until its stdin ends. */
public final class LockHolder {
  private LockHolder() {}

  /** {@code own} or {@code sweep}, and the lock file. */
  public static void main(String[] args) throws IOException {
    FileInstanceLocks locks = new FileInstanceLocks();
    Path file = Path.of(args[1]);
    InstanceLocks.Held held = args[0].equals("own") ? locks.own(file) : locks.sweep(file);
    System.out.println(held == null ? "refused" : "held");
    System.out.flush();
    while (System.in.read() >= 0) {
      System.out.println(locks.owner(file));
      System.out.flush();
    }
    if (held != null) {
      held.close();
    }
  }
}
