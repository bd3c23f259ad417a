package dev.sexton.internal.record;

/// Whether an instance creates labelled containers, as far as its record says.
public enum ContainerUse {
  /// It has asked for labels, or is a client of an engine.
  USED,
  /// It has never asked for labels.
  UNUSED,
  /// The record does not say. The instance may create some, in an engine that may not be available.
  UNKNOWN;

  /// Returns whether it uses containers, if that is known.
  public static ContainerUse of(boolean isUsed) {
    return isUsed ? USED : UNUSED;
  }
}
