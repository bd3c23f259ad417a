package dev.sexton.mcp.transport;

/// Limits the requests per second with a token bucket. After a pause, twice as many are allowed at
/// once. Thread-safe.
final class RateLimit {
  private static final double BURST_SECONDS = 2;

  private final int perSecond;
  private double left;
  private long filledAt = System.nanoTime();

  RateLimit(int perSecond) {
    this.perSecond = perSecond;
    this.left = perSecond * BURST_SECONDS;
  }

  /// Returns whether one more request is allowed now, and counts it.
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
