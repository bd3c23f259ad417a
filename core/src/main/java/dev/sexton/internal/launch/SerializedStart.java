package dev.sexton.internal.launch;

import java.io.IOException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Starts processes one after the other.
 *
 * <p>The JDK starts each through a helper ({@code jspawnhelper}) that reads what to do from a pipe,
 * and ends at the pipe's end. Two helpers of two threads inherit each other's pipes: if the server
 * is killed just then, each waits for the other for ever, and neither carries a mark yet. Seen in 3
 * of 300 servers that were killed while 8 threads started processes (JDK 25.0.3).
 */
final class SerializedStart {
  private static final Lock ONE_AT_A_TIME = new ReentrantLock();

  private SerializedStart() {}

  /** Returns when the process runs its program. */
  static Process start(ProcessBuilder builder) throws IOException {
    ONE_AT_A_TIME.lock();
    try {
      return builder.start();
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }
}
