package dev.sexton.simulation;

/// The death of the process that runs the product's code.
///
/// Nothing may catch it.
final class Crash extends Error {
  private static final long serialVersionUID = 1L;

  Crash() {
    super("this process was killed", null, false, false);
  }
}
