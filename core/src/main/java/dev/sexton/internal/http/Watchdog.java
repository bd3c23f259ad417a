package dev.sexton.internal.http;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// Closes a connection when its time limit expires. This ends any operation on it: connecting to a
/// full queue, writing, reading. With blocking calls, this is the only way to limit a whole
/// exchange. A limit per read is extended by every byte of a daemon that sends slowly.
///
/// Each exchange uses one short-lived thread. For the few calls of a sweep this is cheaper than a
/// pool, and no thread remains.
final class Watchdog implements AutoCloseable {
  private enum State {
    WATCHING,
    CALLED_OFF,
    FIRED
  }

  private final Closeable watched;
  private final long deadlineNanos;
  private final AtomicReference<State> state = new AtomicReference<>(State.WATCHING);
  private final Thread thread;

  /// Starts watching. Closing the watchdog cancels it but does not close the connection.
  Watchdog(Closeable watched, Duration limit) throws IOException {
    this.watched = watched;
    this.deadlineNanos = System.nanoTime() + limit.toNanos();
    this.thread = DaemonThread.start("sexton-http-watchdog", this::watch);
  }

  /// Returns whether the limit expired before [#close].
  boolean hasFired() {
    return state.get() == State.FIRED;
  }

  /// Returns the time left, never negative.
  Duration left() {
    return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
  }

  private void watch() {
    while (state.get() == State.WATCHING) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0) {
        if (!state.compareAndSet(State.WATCHING, State.FIRED)) {
          return;
        }
        try {
          watched.close();
        } catch (IOException e) {
          // The connection is closed anyway, and its user reports the timeout.
        }
        return;
      }
      LockSupport.parkNanos(this, left);
    }
  }

  /// Stops watching the connection.
  ///
  /// @return whether the connection stays open; false if the limit has expired
  boolean callOff() {
    boolean stays = state.compareAndSet(State.WATCHING, State.CALLED_OFF);
    LockSupport.unpark(thread);
    return stays || state.get() == State.CALLED_OFF;
  }

  @Override
  public void close() {
    callOff();
  }
}
