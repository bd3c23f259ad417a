package dev.sexton.simulation;

import java.util.List;

/// All random choices, from one seed.
///
/// The generator is SplitMix64.
final class SeededRandom {
  private long state;

  SeededRandom(long seed) {
    state = seed * 0xD1342543DE82EF95L;
    // Without this, all seeds would give one sequence from different positions.
    state = next() ^ (seed << 32);
  }

  long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /// Returns at least 0 and less than n.
  int below(int n) {
    return (int) ((next() >>> 33) % n);
  }

  long between(long low, long high) {
    return low + (next() >>> 1) % (high - low + 1);
  }

  boolean oneIn(int n) {
    return below(n) == 0;
  }

  <T> T of(List<T> choices) {
    return choices.get(below(choices.size()));
  }
}
