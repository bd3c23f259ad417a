package dev.sexton.internal.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs tasks on threads of their own; most of them only wait for an engine's answer. */
public final class ThreadWorkers implements Ports.Workers {
  /**
   * Up to so many tasks get threads of the system. Virtual ones are for many: the first one makes a
   * fresh JVM load all that carries them.
   */
  private static final int FEW = 32;

  @Override
  public void runAll(List<Runnable> tasks) {
    List<Thread> threads = new ArrayList<>();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread.Builder builder =
        tasks.size() <= FEW ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
    for (Runnable task : tasks.size() > 1 ? tasks.subList(1, tasks.size()) : List.<Runnable>of()) {
      threads.add(builder.name("sexton-sweep").start(() -> runTo(failure, task)));
    }
    try {
      if (!tasks.isEmpty()) {
        tasks.getFirst().run();
      }
    } finally {
      threads.forEach(ThreadWorkers::join);
    }
    Throwable failed = failure.get();
    if (failed instanceof RuntimeException defect) {
      throw defect;
    }
    if (failed instanceof Error error) {
      throw error;
    }
  }

  private static void runTo(AtomicReference<@Nullable Throwable> failure, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error failed) {
      failure.compareAndSet(null, failed); // Thrown again where the tasks were handed over.
    }
  }

  /** Waits to the end even if interrupted: each task has a time limit of its own. */
  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException remember) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
