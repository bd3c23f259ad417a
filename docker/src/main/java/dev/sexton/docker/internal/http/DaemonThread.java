package dev.sexton.docker.internal.http;

import java.io.IOException;

/** Starts a thread that does not keep the JVM up. */
public final class DaemonThread {
  private DaemonThread() {}

  /**
   * Starts one.
   *
   * @throws IOException if the system permits no further thread
   */
  public static Thread start(String name, Runnable task) throws IOException {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    try {
      thread.start();
      return thread;
    } catch (OutOfMemoryError e) {
      // What Thread.start throws at a limit on threads (ulimit -u, pids.max); no memory is lacking.
      throw new IOException("no further thread can be started: " + e.getMessage(), e);
    }
  }
}
