package dev.sexton.internal.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs tasks on threads of their own; most of them only wait for an engine's answer. */
public final class ThreadWorkers implements Ports.Workers {
  @Override
  public void runAll(List<Runnable> tasks) {
    List<Thread> threads = new ArrayList<>();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    for (Runnable task : tasks.size() > 1 ? tasks.subList(1, tasks.size()) : List.<Runnable>of()) {
      threads.add(Thread.ofVirtual().name("sexton-sweep").start(() -> runTo(failure, task)));
    }
    try {
      if (!tasks.isEmpty()) {
        tasks.getFirst().run();
      }
    } finally {
      threads.forEach(ThreadWorkers::join);
    }
    switch (failure.get()) {
      case RuntimeException failed -> throw failed;
      case Error failed -> throw failed;
      case null, default -> {}
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
