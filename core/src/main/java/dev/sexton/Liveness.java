package dev.sexton;

/** Whether the owner of an instance still lives. */
public enum Liveness {
  /** The owner lives, or nothing proves that it does not. Never swept. */
  ALIVE,
  /** The owner is provably gone. Swept. */
  DEAD,
  /** Cannot be judged from here. Reported with its reason, never swept unasked. */
  UNKNOWN
}
