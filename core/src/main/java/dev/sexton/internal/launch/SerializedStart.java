package dev.sexton.internal.launch;

import java.io.IOException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// Starts processes one after the other.
///
/// The JDK starts each process through a helper (`jspawnhelper`) that reads its instructions from a
/// pipe and ends at the end of the pipe. Two helpers of two threads inherit each other's pipes. If
/// the server is killed at that moment, each waits for the other forever, and neither carries a
/// marker yet. This happened in 3 of 300 servers that were killed while 8 threads started processes
/// (JDK 25.0.3).
final class SerializedStart {
  private static final Lock ONE_AT_A_TIME = new ReentrantLock();

  private SerializedStart() {}

  /// Starts a process and returns when it runs its program.
  static Process start(ProcessBuilder builder) throws IOException {
    ONE_AT_A_TIME.lock();
    try {
      return builder.start();
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }
}
