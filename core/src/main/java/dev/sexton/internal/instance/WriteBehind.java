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
  private final TrackedProcesses tracked;

  /// Whether the thread runs.
  private volatile boolean runs;

  /// Creates a writer that does not run yet.
  ///
  /// @param write writes everything up to a version; returns whether that is in the file or no
  ///   longer needs to be
  /// @param hasEnded whether nothing is written any more
  WriteBehind(LongPredicate write, BooleanSupplier hasEnded, TrackedProcesses tracked) {
    this.write = write;
    this.hasEnded = hasEnded;
    this.tracked = tracked;
  }

  /// Starts the thread unless it runs. A change wakes a thread that runs.
  void start() {
    if (runs) {
      return;
    }
    synchronized (this) {
      if (!runs) {
        Thread.ofPlatform().daemon().name("sexton-record").start(this::writeWhileAnythingChanges);
        runs = true;
      }
    }
  }

  private void writeWhileAnythingChanges() {
    try {
      while (!hasEnded.getAsBoolean()) {
        long begun = System.nanoTime();
        long version = tracked.version();
        boolean written = write.test(version);
        Thread.sleep(Duration.ofNanos(PAUSE_FACTOR * (System.nanoTime() - begun)));
        tracked.awaitChange(version, written ? Duration.ZERO : RETRY);
      }
    } catch (InterruptedException nobodyDoesThat) {
      Thread.currentThread().interrupt();
    }
  }
}
