package dev.sexton;

/** What became of one resource. */
public enum Outcome {
  /** It was gone already. */
  GONE,
  /** It left by itself when asked. */
  STOPPED,
  /** It had to be forced. */
  KILLED,
  /** The process ID belongs to somebody else now: left alone. */
  RECYCLED,
  /**
   * Spared on purpose: it descends from the instance, and is not the instance's to end. It is not
   * left over, and no tombstone is kept for it.
   */
  KEPT,
  /**
   * It may be the instance's, and that cannot be judged: left alone and reported. No tombstone is
   * kept for it.
   */
  UNCLAIMED,
  /** No permission, or protected from this sweeper: left alone. The tombstone stays. */
  DENIED,
  /** It is still there, with the error as the reason. The tombstone stays. */
  FAILED,
  /** A dry run: it would be stopped. */
  WOULD_STOP;

  /** Whether the resource may still exist, so that its record has to be kept. */
  public boolean isLeft() {
    return this == DENIED || this == FAILED || this == WOULD_STOP;
  }

  /** Whether a sweep ended it. */
  public boolean isStopped() {
    return this == STOPPED || this == KILLED;
  }
}
