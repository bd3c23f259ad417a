package dev.sexton.internal.http;

import java.io.IOException;

/// Starts a thread that does not keep the JVM running.
public final class DaemonThread {
  private DaemonThread() {}

  /// Starts a daemon thread.
  ///
  /// @throws IOException if the system permits no further thread
  public static Thread start(String name, Runnable task) throws IOException {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    try {
      thread.start();
      return thread;
    } catch (OutOfMemoryError e) {
      // Thread.start throws this at a limit on threads (ulimit -u, pids.max). Memory is not
      // exhausted.
      throw new IOException("no more threads can be started: " + e.getMessage(), e);
    }
  }
}
