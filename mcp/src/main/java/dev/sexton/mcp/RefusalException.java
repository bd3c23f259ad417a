package dev.sexton.mcp;

/// Thrown when a call is refused. The message says what is wrong and what to do, and the agent
/// reads both.
public final class RefusalException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Creates a refusal.
  ///
  /// @param problem what is wrong, and where
  /// @param remedy what to do about it
  public RefusalException(String problem, String remedy) {
    super(problem + ": " + remedy);
  }
}
