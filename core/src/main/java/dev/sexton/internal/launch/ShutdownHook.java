package dev.sexton.internal.launch;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Something to do when this JVM ends, unless it is taken away before. */
public final class ShutdownHook {
  private final AtomicReference<@Nullable Thread> hook = new AtomicReference<>();

  private ShutdownHook() {}

  /** Has this done on SIGTERM, SIGINT, SIGHUP, {@code System.exit} and at the normal end. */
  public static ShutdownHook add(Runnable task) {
    ShutdownHook added = new ShutdownHook();
    Thread thread = Thread.ofPlatform().name("sexton-close").unstarted(task);
    try {
      Runtime.getRuntime().addShutdownHook(thread);
      added.hook.set(thread);
    } catch (IllegalStateException shuttingDown) {
      return added; // Too late: then the sentinel does it, or the next sweep.
    }
    return added;
  }

  /** Takes it away. Does nothing the second time, or once the JVM is ending. */
  public void remove() {
    Thread thread = hook.getAndSet(null);
    if (thread != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(thread);
      } catch (IllegalStateException shuttingDown) {
        return; // It runs, or this is it.
      }
    }
  }
}
