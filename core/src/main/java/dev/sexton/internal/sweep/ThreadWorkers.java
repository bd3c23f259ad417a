package dev.sexton.internal.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Runs tasks on threads of their own. Most tasks only wait for an engine's answer.
public final class ThreadWorkers implements Ports.Workers {
  /// The maximum number of tasks that run on platform threads. Virtual threads are for many tasks,
  /// because the first one makes a fresh JVM load their whole implementation.
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
      failure.compareAndSet(null, failed); // The calling thread rethrows it.
    }
  }

  /// Waits until the end even if interrupted, because each task has a time limit of its own.
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
