package dev.sexton.internal.process;

/** What became of a signal. */
public enum SignalResult {
  /** It was sent to exactly the process that was meant. */
  SENT,
  /** The process had ended. */
  GONE,
  /** Its process ID belongs to another process now; nothing was sent. */
  RECYCLED,
  /** Not permitted; nothing was sent. */
  DENIED,
  /** This table cannot send this signal; nothing was sent. */
  UNSUPPORTED
}
