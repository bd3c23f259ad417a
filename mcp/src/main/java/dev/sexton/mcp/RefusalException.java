package dev.sexton.mcp;

/** A call that is not carried out: what is wrong, and what to do. The agent reads both. */
public final class RefusalException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * A refusal.
   *
   * @param problem what is wrong, and where
   * @param remedy what to do about it
   */
  public RefusalException(String problem, String remedy) {
    super(problem + ": " + remedy);
  }
}
