package dev.sexton.internal.liveness;

import dev.sexton.Liveness;

/// The liveness of an instance, with the reason.
///
/// @param liveness the verdict
/// @param reason a human-readable reason
public record Verdict(Liveness liveness, String reason) {
  /// The owner is alive, or nothing proves its death.
  public static Verdict alive(String reason) {
    return new Verdict(Liveness.ALIVE, reason);
  }

  /// The owner is provably dead.
  public static Verdict dead(String reason) {
    return new Verdict(Liveness.DEAD, reason);
  }

  /// The liveness cannot be determined from here.
  public static Verdict unknown(String reason) {
    return new Verdict(Liveness.UNKNOWN, reason);
  }
}
