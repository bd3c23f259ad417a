package dev.sexton;

/// Whether the owner process of an instance is still alive.
public enum Liveness {
  /// The owner process is alive, or nothing proves its death. Never swept.
  ALIVE,
  /// The owner process is provably dead. Swept.
  DEAD,
  /// The liveness cannot be determined from here. Reported with the reason, and swept only on
  /// request.
  UNKNOWN
}
