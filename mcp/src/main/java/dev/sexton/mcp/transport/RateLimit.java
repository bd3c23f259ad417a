package dev.sexton.mcp.transport;

/**
 * So many requests a second, with twice as many at once after a pause: a bucket that fills up
 * again. Safe for use by several threads.
 */
final class RateLimit {
  private static final double BURST_SECONDS = 2;

  private final int perSecond;
  private double left;
  private long filledAt = System.nanoTime();

  RateLimit(int perSecond) {
    this.perSecond = perSecond;
    this.left = perSecond * BURST_SECONDS;
  }

  /** Whether there is room for one more now. */
  synchronized boolean tryTake() {
    long now = System.nanoTime();
    left = Math.min(perSecond * BURST_SECONDS, left + (now - filledAt) / 1e9 * perSecond);
    filledAt = now;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }

  int perSecond() {
    return perSecond;
  }
}
