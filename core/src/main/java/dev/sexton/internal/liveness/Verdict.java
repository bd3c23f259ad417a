package dev.sexton.internal.liveness;

import dev.sexton.Liveness;

/**
 * What was judged, and why.
 *
 * @param liveness the verdict
 * @param reason why, in words for a person
 */
public record Verdict(Liveness liveness, String reason) {
  /** The owner lives, or nothing proves that it does not. */
  public static Verdict alive(String reason) {
    return new Verdict(Liveness.ALIVE, reason);
  }

  /** The owner is provably gone. */
  public static Verdict dead(String reason) {
    return new Verdict(Liveness.DEAD, reason);
  }

  /** Cannot be judged from here. */
  public static Verdict unknown(String reason) {
    return new Verdict(Liveness.UNKNOWN, reason);
  }
}
