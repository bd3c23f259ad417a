package dev.sexton.docker.internal.http;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Closes a channel when its time is up, which ends whatever a thread is doing with it: connecting
 * to a full queue, writing, reading. That is the only way to a limit that holds for a whole
 * exchange with blocking calls; a limit per read is prolonged by every byte of a daemon that
 * trickles.
 *
 * <p>One short-lived thread an exchange: for the few calls of a sweep cheaper than a pool, and none
 * stays behind.
 */
final class Watchdog implements AutoCloseable {
  private final Closeable watched;
  private final long deadlineNanos;
  private volatile boolean done;
  private volatile boolean fired;
  private final Thread thread;

  /** Starts to watch. Closing the watchdog calls it off; it does not close the channel. */
  Watchdog(Closeable watched, Duration limit) throws IOException {
    this.watched = watched;
    this.deadlineNanos = System.nanoTime() + limit.toNanos();
    this.thread = DaemonThread.start("sexton-docker-watchdog", this::watch);
  }

  /** Whether the time ran out before {@link #close}. */
  boolean hasFired() {
    return fired;
  }

  /** What is left of the limit; not negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
  }

  private void watch() {
    while (!done) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0) {
        fired = true;
        try {
          watched.close();
        } catch (IOException e) {
          // The channel is closed all the same, and the one who used it reports the time-out.
        }
        return;
      }
      LockSupport.parkNanos(this, left);
    }
  }

  /** Lets the channel be, from now on. */
  void callOff() {
    done = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void close() {
    callOff();
  }
}
