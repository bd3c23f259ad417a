package dev.sexton.internal.instance;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;

/// Writes a large record in the background, a few milliseconds after it has changed. So tracking n
/// processes costs n and not n². Safe for use by several threads.
final class WriteBehind {
  /// Writing takes at most a fifth of one core: it pauses four times as long as it wrote.
  private static final int PAUSE_FACTOR = 4;

  /// The delay before a failed write is retried, even if nothing changes.
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final LongPredicate write;
  private final BooleanSupplier hasEnded;
  private final Changes changes;
  private final Clock clock;

  /// Whether the thread runs.
  private volatile boolean runs;

  /// The changes that are to be written.
  interface Changes {
    /// Returns the number of changes so far.
    long version();

    /// Waits for a change after a version, if there was none yet.
    ///
    /// @param limit the longest wait, about; zero for no limit
    /// @throws InterruptedException if the thread is interrupted
    void awaitChange(long after, Duration limit) throws InterruptedException;
  }

  /// The time, which a test can replace.
  interface Clock {
    /// Returns a time in nanoseconds, comparable only to another one of this clock.
    long nanoTime();

    /// Waits for a time.
    ///
    /// @throws InterruptedException if the thread is interrupted
    void sleep(Duration time) throws InterruptedException;
  }

  /// The JDK's clock.
  static final Clock SYSTEM_CLOCK =
      new Clock() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
          Thread.sleep(time);
        }
      };

  /// Creates a writer that does not run yet.
  ///
  /// @param write writes everything up to a version; returns whether that is in the file or no
  ///   longer needs to be
  /// @param hasEnded whether nothing is written any more
  WriteBehind(LongPredicate write, BooleanSupplier hasEnded, Changes changes, Clock clock) {
    this.write = write;
    this.hasEnded = hasEnded;
    this.changes = changes;
    this.clock = clock;
  }

  /// Starts the thread unless it runs. A change wakes a thread that runs.
  void start() {
    if (runs) {
      return;
    }
    synchronized (this) {
      if (!runs) {
        Thread.ofPlatform().daemon().name("sexton-record").start(this::run);
        runs = true;
      }
    }
  }

  /// Writes each change until the instance has ended.
  void run() {
    try {
      while (!hasEnded.getAsBoolean()) {
        long begun = clock.nanoTime();
        long version = changes.version();
        boolean written = write.test(version);
        clock.sleep(Duration.ofNanos(PAUSE_FACTOR * (clock.nanoTime() - begun)));
        changes.awaitChange(version, written ? Duration.ZERO : RETRY);
      }
    } catch (InterruptedException nobodyDoesThat) {
      Thread.currentThread().interrupt();
    }
  }
}
