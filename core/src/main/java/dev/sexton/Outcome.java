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
