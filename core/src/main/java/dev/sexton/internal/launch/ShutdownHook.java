package dev.sexton.internal.launch;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A task that runs when this JVM ends, unless it is removed before.
public final class ShutdownHook {
  private final AtomicReference<@Nullable Thread> hook = new AtomicReference<>();

  private ShutdownHook() {}

  /// Registers a task to run on SIGTERM, SIGINT, SIGHUP, `System.exit` and at the normal end.
  public static ShutdownHook add(Runnable task) {
    ShutdownHook added = new ShutdownHook();
    Thread thread = Thread.ofPlatform().name("sexton-close").unstarted(task);
    try {
      Runtime.getRuntime().addShutdownHook(thread);
      added.hook.set(thread);
    } catch (IllegalStateException shuttingDown) {
      return added; // Too late: the sentinel or the next sweep does it.
    }
    return added;
  }

  /// Removes the task. Has no effect the second time or once the JVM is ending.
  public void remove() {
    Thread thread = hook.getAndSet(null);
    if (thread != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(thread);
      } catch (IllegalStateException shuttingDown) {
        return; // It is running, or this is its thread.
      }
    }
  }
}
