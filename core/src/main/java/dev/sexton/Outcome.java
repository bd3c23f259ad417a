package dev.sexton;

/// What a sweep did with one resource.
public enum Outcome {
  /// It no longer existed.
  GONE,
  /// It ended by itself after the request to stop.
  STOPPED,
  /// It had to be stopped by force.
  KILLED,
  /// The PID now belongs to another process, which was left alone.
  RECYCLED,
  /// It was spared on purpose: it descends from the instance, but the instance must not end it. It
  /// is not a leftover, and no tombstone is kept for it.
  KEPT,
  /// It may belong to the instance, but this cannot be determined. It was left alone and reported.
  /// No tombstone is kept for it.
  UNCLAIMED,
  /// It was left alone because permission is missing or because it is protected from this sweeper.
  /// The tombstone stays.
  DENIED,
  /// It still exists. The reason holds the error. The tombstone stays.
  FAILED,
  /// It would be stopped (dry run).
  WOULD_STOP;

  /// {@return whether the resource may still exist, so that its record must be kept}
  public boolean isLeft() {
    return this == DENIED || this == FAILED || this == WOULD_STOP;
  }

  /// {@return whether a sweep stopped the resource}
  public boolean isStopped() {
    return this == STOPPED || this == KILLED;
  }
}
