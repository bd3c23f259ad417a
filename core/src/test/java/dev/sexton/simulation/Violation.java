package dev.sexton.simulation;

/// An event that must never happen.
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  Violation(String what) {
    super(what);
  }
}
