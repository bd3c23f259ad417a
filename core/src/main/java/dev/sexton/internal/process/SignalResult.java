package dev.sexton.internal.process;

/// The result of sending a signal.
public enum SignalResult {
  /// The signal was sent to exactly the intended process.
  SENT,
  /// The process had ended.
  GONE,
  /// The process ID now belongs to another process. Nothing was sent.
  RECYCLED,
  /// Not permitted. Nothing was sent.
  DENIED,
  /// This table cannot send this signal. Nothing was sent.
  UNSUPPORTED
}
